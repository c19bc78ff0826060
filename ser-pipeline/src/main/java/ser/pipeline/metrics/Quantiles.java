package ser.pipeline.metrics;

import java.util.Arrays;

/** Quantiles of a sample. */
final class Quantiles {
  private Quantiles() {}

  /**
   * Computes a quantile, linear between the nearest ranks, as numpy's default.
   *
   * @param sorted in ascending order, at least one value
   * @param share from 0 to 1
   */
  static double of(double[] sorted, double share) {
    double rank = share * (sorted.length - 1);
    int below = (int) Math.floor(rank);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
  }

  /** {@return the interval from the 2.5 % to the 97.5 % quantile} */
  static Interval interval95(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Interval(of(sorted, 0.025), of(sorted, 0.975));
  }
}
