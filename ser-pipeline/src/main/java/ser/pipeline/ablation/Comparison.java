package ser.pipeline.ablation;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import ser.pipeline.metrics.Interval;
import ser.pipeline.metrics.SignFlipTest;

/**
 * The paired difference of a variant to the baseline, on the seeds that are complete in both.
 *
 * @param seeds these seeds
 * @param difference the variant's value less the baseline's
 * @param interval 95 % crossed bootstrap over speakers and seeds, of the difference within each
 *     draw; empty with fewer than two speakers
 * @param test paired permutation test over speakers, of each speaker's mean over seeds; empty with
 *     fewer than two speakers and for the calibration error
 * @param adjusted the p-value after Holm's correction over the planned comparisons; empty for an
 *     exploratory one
 */
public record Comparison(
    List<Long> seeds,
    double difference,
    Optional<Interval> interval,
    Optional<SignFlipTest> test,
    OptionalDouble adjusted) {
  /** Copies the list. */
  public Comparison {
    seeds = List.copyOf(seeds);
  }

  /**
   * Returns this comparison with a corrected p-value.
   *
   * @param p after the correction
   * @return the changed comparison
   */
  public Comparison withAdjusted(double p) {
    return new Comparison(seeds, difference, interval, test, OptionalDouble.of(p));
  }
}
