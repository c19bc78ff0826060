package ser.pipeline.metrics;

/**
 * A confidence interval, both ends included.
 *
 * @param low its lower end
 * @param high its upper end
 */
public record Interval(double low, double high) {
  /** The 97.5 % quantile of the normal distribution. */
  private static final double Z = 1.959963984540054;

  /**
   * Computes the 95 % score interval of a share (Wilson 1927), which holds for few trials and for
   * shares of 0 and 1.
   *
   * @param part the number of successes, 0 to {@code whole}
   * @param whole the number of independent trials
   * @return the interval; from 0 to 1 without trials
   */
  public static Interval ofShare(long part, long whole) {
    if (whole == 0) {
      return new Interval(0, 1);
    }
    double share = (double) part / whole;
    double square = Z * Z / whole;
    double middle = (share + square / 2) / (1 + square);
    double half = Math.sqrt(share * (1 - share) * square + square * square / 4) / (1 + square);
    return new Interval(Math.max(0, middle - half), Math.min(1, middle + half));
  }
}
