package ser.pipeline.modelpackage;

import java.util.Optional;
import ser.api.ModelException;

/**
 * How a model's confidence was calibrated on clips that it was not trained on. The temperature is
 * part of the weights of the last layer: this is a record of it.
 *
 * @param temperature by which the logits were divided; 1 for a model that was not calibrated
 * @param threshold the confidence from which an answer is trusted, 0 to 1: 0 where nothing is
 *     known, 1 where no confidence keeps the risk
 * @param risk the largest share of wrong answers among the trusted, 0 to 1
 * @param coverage the share of clips whose answer is trusted, 0 to 1
 * @param clips how many clips it was calibrated on
 * @param speakers their speakers
 * @param adjusted the calibration of the model with a reference to the speaker; empty where these
 *     clips have no neutral speech
 */
public record Calibration(
    double temperature,
    double threshold,
    double risk,
    double coverage,
    int clips,
    int speakers,
    Optional<AdjustedCalibration> adjusted) {
  private static final Calibration NONE = new Calibration(1, 0, 1, 1, 0, 0, Optional.empty());

  /**
   * Checks the numbers.
   *
   * @throws ModelException when one is out of range
   */
  public Calibration {
    if (!isTemperature(temperature)
        || !isShare(threshold)
        || !isShare(risk)
        || !isShare(coverage)
        || clips < 0
        || speakers < 0) {
      throw new ModelException(
          "calibration with temperature %s, threshold %s, risk %s, coverage %s, %d clips and %d speakers; expected a positive temperature, shares from 0 to 1 and counts"
              .formatted(temperature, threshold, risk, coverage, clips, speakers));
    }
  }

  static boolean isTemperature(double number) {
    return number > 0 && number < Double.POSITIVE_INFINITY;
  }

  static boolean isShare(double number) {
    return number >= 0 && number <= 1;
  }

  /** {@return that of a model that was not calibrated} */
  public static Calibration none() {
    return NONE;
  }
}
