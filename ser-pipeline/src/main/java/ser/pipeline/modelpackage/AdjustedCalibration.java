package ser.pipeline.modelpackage;

import java.util.List;

/**
 * The calibration of a model that is adjusted to a speaker by neutral speech of that speaker, on
 * the clips of the {@link Calibration}.
 *
 * @param neutral the mean logit of each label on the neutral ones of these clips, each clip's
 *     logits less their mean, to which a speaker's neutral speech is compared
 * @param temperature by which the adjusted logits are divided, 0.001 to 1,000
 * @param threshold the confidence from which an adjusted answer is trusted, 0 to 1: 1 where no
 *     confidence keeps the risk
 * @param coverage the share of clips whose adjusted answer is trusted, 0 to 1
 */
public record AdjustedCalibration(
    List<Double> neutral, double temperature, double threshold, double coverage) {
  /** Far beyond the logits of any model. */
  private static final double LARGEST_LOGIT = 10_000;

  /**
   * Copies the list and checks the numbers.
   *
   * @throws ser.api.ModelException when one is out of range; names its key
   */
  public AdjustedCalibration {
    neutral = List.copyOf(neutral);
    neutral.forEach(
        logit -> Bounds.require("calibration.neutral", logit, -LARGEST_LOGIT, LARGEST_LOGIT));
    Calibration.requireTemperature("adjustedTemperature", temperature);
    Calibration.requireShare("adjustedThreshold", threshold);
    Calibration.requireShare("adjustedCoverage", coverage);
  }
}
