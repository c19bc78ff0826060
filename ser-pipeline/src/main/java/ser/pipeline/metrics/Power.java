package ser.pipeline.metrics;

/**
 * The power of a comparison of two means over seeds, for a two-sided test at level 0.05 with a
 * power of 80 %, in the normal approximation (Cohen 1988, chapter 2): a difference δ of two means
 * of n values each, of standard deviation σ, is detected when δ ≥ (z₀.₉₇₅ + z₀.₈)·σ·√(2/n).
 */
public final class Power {
  /** z at 0.975 and at 0.8, summed. */
  private static final double QUANTILES = 1.959963984540054 + 0.8416212335729143;

  private Power() {}

  /**
   * Computes the smallest difference that is detected.
   *
   * @param deviation σ, the standard deviation between seeds
   * @param seeds n, for each of the two
   * @return the difference
   * @throws IllegalArgumentException when the deviation is negative or there is no seed
   */
  public static double smallestDifference(double deviation, int seeds) {
    require(deviation >= 0 && seeds >= 1, deviation, seeds);
    return QUANTILES * deviation * Math.sqrt(2.0 / seeds);
  }

  /**
   * Computes the number of seeds at which a difference is detected.
   *
   * @param deviation σ, the standard deviation between seeds
   * @param difference δ, more than 0
   * @return the seeds for each of the two, 1 or more
   * @throws IllegalArgumentException when the deviation is negative or the difference not positive
   */
  public static long seedsFor(double deviation, double difference) {
    require(deviation >= 0 && difference > 0, deviation, difference);
    double ratio = QUANTILES * deviation / difference;
    return Math.max(1, (long) Math.ceil(2 * ratio * ratio));
  }

  private static void require(boolean valid, double deviation, Number other) {
    if (!valid) {
      throw new IllegalArgumentException(
          "a deviation of %s with %s; expected 0 or more, and more than 0"
              .formatted(deviation, other));
    }
  }
}
