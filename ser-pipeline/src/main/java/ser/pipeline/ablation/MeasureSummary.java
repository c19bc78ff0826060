package ser.pipeline.ablation;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import ser.pipeline.metrics.Interval;

/**
 * One measure of a variant.
 *
 * @param mean the mean over folds, then over seeds
 * @param bySeed the mean over folds, for each of the variant's seeds
 * @param byFold the mean over seeds, for each fold
 * @param seedDeviation standard deviation of {@code bySeed}, with n − 1; empty for a single seed,
 *     and where the predictions of two seeds are identical
 * @param foldDeviation standard deviation of {@code byFold}, with n − 1; empty for a single fold
 * @param interval 95 % crossed bootstrap over speakers and seeds; empty with fewer than two
 *     speakers
 * @param comparison with the baseline; empty for the baseline itself, and where the two have no
 *     complete seed in common
 */
public record MeasureSummary(
    double mean,
    List<Double> bySeed,
    List<Double> byFold,
    OptionalDouble seedDeviation,
    OptionalDouble foldDeviation,
    Optional<Interval> interval,
    Optional<Comparison> comparison) {
  /** Copies the lists. */
  public MeasureSummary {
    bySeed = List.copyOf(bySeed);
    byFold = List.copyOf(byFold);
  }

  /**
   * Returns this summary with a comparison.
   *
   * @param comparison with the baseline
   * @return the changed summary
   */
  public MeasureSummary withComparison(Optional<Comparison> comparison) {
    return new MeasureSummary(
        mean, bySeed, byFold, seedDeviation, foldDeviation, interval, comparison);
  }
}
