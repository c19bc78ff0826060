package ser.cli.output;

/** Escapes characters that a terminal would obey; a file's name may hold any. */
public final class ControlCharacters {
  private ControlCharacters() {}

  /**
   * Returns a text in which control characters and marks of text direction are written as Java
   * escapes, such as {@code \u001b}.
   *
   * @param text any text
   * @return one line that shows on a terminal as it reads
   */
  public static String escape(String text) {
    if (text.chars().noneMatch(ControlCharacters::isControl)) {
      return text;
    }
    StringBuilder escaped = new StringBuilder();
    text.chars()
        .forEach(
            character -> {
              if (isControl(character)) {
                escaped.append(String.format("\\u%04x", character));
              } else {
                escaped.append((char) character);
              }
            });
    return escaped.toString();
  }

  private static boolean isControl(int character) {
    return Character.isISOControl(character)
        || character == '\u2028'
        || character == '\u2029'
        || (character >= '\u202a' && character <= '\u202e')
        || (character >= '\u2066' && character <= '\u2069');
  }
}
