package ser.report.html;

/**
 * Text of a page. It is escaped when it is written; control characters and unpaired surrogates,
 * which HTML does not permit, become U+FFFD.
 *
 * @param content the text as a reader sees it
 */
public record Text(String content) implements Node {
  private static final char REPLACEMENT = '\uFFFD';

  @Override
  public void appendTo(StringBuilder html) {
    appendEscaped(html, content);
  }

  /** Escapes for both text and quoted attributes. */
  static void appendEscaped(StringBuilder html, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        html.append(c).append(text.charAt(++i));
        continue;
      }
      switch (c) {
        case '&' -> html.append("&amp;");
        case '<' -> html.append("&lt;");
        case '>' -> html.append("&gt;");
        case '"' -> html.append("&quot;");
        case '\'' -> html.append("&#39;");
        default -> html.append(isPermitted(c) ? c : REPLACEMENT);
      }
    }
  }

  private static boolean isPermitted(char c) {
    return c == '\n' || c == '\t' || (!Character.isISOControl(c) && !Character.isSurrogate(c));
  }
}
