package ser.pipeline.metrics;

import java.util.List;
import java.util.Locale;

/**
 * The spread of one measure over folds or seeds.
 *
 * @param count the number of values
 * @param mean their arithmetic mean
 * @param standardDeviation of the sample, with n − 1; NaN for a single value
 * @param min the smallest
 * @param max the largest
 */
public record Summary(int count, double mean, double standardDeviation, double min, double max) {

  /**
   * Summarises values.
   *
   * @param values the values of one measure, at least one
   * @return their summary
   * @throws IllegalArgumentException when there is no value
   */
  public static Summary of(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no values to summarise; expected at least one");
    }
    int n = values.size();
    double mean = values.stream().mapToDouble(value -> value).sum() / n;
    double squares = values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
    return new Summary(
        n,
        mean,
        n == 1 ? Double.NaN : Math.sqrt(squares / (n - 1)),
        values.stream().mapToDouble(value -> value).min().orElseThrow(),
        values.stream().mapToDouble(value -> value).max().orElseThrow());
  }

  /** {@return for example {@code "0.560 ± 0.031 (0.512 to 0.601, n = 6)"}} */
  public String toText() {
    return count == 1
        ? String.format(Locale.ROOT, "%.3f (n = 1)", mean)
        : String.format(
            Locale.ROOT,
            "%.3f ± %.3f (%.3f to %.3f, n = %d)",
            mean,
            standardDeviation,
            min,
            max,
            count);
  }
}
