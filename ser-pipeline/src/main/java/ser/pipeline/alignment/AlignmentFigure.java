package ser.pipeline.alignment;

import java.util.Optional;
import ser.pipeline.metrics.Interval;

/**
 * A measure over the clips of an evaluation.
 *
 * @param clips the number of clips on which the measure is defined
 * @param value its mean over these clips
 * @param interval 95 % interval of the mean over speakers; empty with fewer than two
 * @param baseline the same attention against the amplitudes of other clips; of the measures that
 *     depend on amplitude, where there are two clips or more
 */
public record AlignmentFigure(
    int clips, double value, Optional<Interval> interval, Optional<Baseline> baseline) {

  /**
   * The comparison with shuffled clips.
   *
   * @param shuffled the mean of the measure on shuffled clips
   * @param difference the mean over clips of the measure less its value on shuffled clips
   * @param interval 95 % interval of the difference over speakers; empty with fewer than two
   */
  public record Baseline(double shuffled, double difference, Optional<Interval> interval) {}
}
