package ser.pipeline.modelpackage;

import java.util.List;
import ser.api.ModelException;

/**
 * The calibration of a model that is adjusted to a speaker by neutral speech of that speaker, on
 * the clips of the {@link Calibration}.
 *
 * @param neutral the mean logit of each label on the neutral ones of these clips, each clip's
 *     logits less their mean, to which a speaker's neutral speech is compared
 * @param temperature by which the adjusted logits are divided
 * @param threshold the confidence from which an adjusted answer is trusted, 0 to 1: 1 where no
 *     confidence keeps the risk
 * @param coverage the share of clips whose adjusted answer is trusted, 0 to 1
 */
public record AdjustedCalibration(
    List<Double> neutral, double temperature, double threshold, double coverage) {
  /**
   * Copies the list and checks the numbers.
   *
   * @throws ModelException when one is out of range
   */
  public AdjustedCalibration {
    neutral = List.copyOf(neutral);
    if (!neutral.stream().allMatch(Double::isFinite)) {
      throw new ModelException(
          "calibration with the neutral logits %s; expected finite numbers".formatted(neutral));
    }
    if (!Calibration.isTemperature(temperature)
        || !Calibration.isShare(threshold)
        || !Calibration.isShare(coverage)) {
      throw new ModelException(
          "calibration with the adjusted temperature %s, threshold %s and coverage %s; expected a positive temperature and shares from 0 to 1"
              .formatted(temperature, threshold, coverage));
    }
  }
}
