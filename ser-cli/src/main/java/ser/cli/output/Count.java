package ser.cli.output;

/** A number of things in words. */
public final class Count {
  private Count() {}

  /**
   * Returns a number with its noun.
   *
   * @param number how many
   * @param noun in the singular, with a plural in -s
   * @return such as {@code 1 file} or {@code 2 files}
   */
  public static String of(long number, String noun) {
    return number == 1 ? "1 " + noun : number + " " + noun + "s";
  }
}
