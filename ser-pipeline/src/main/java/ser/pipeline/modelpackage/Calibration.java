package ser.pipeline.modelpackage;

import java.util.List;
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
 * @param neutral the mean logit of each label on the neutral ones of these clips, each clip's
 *     logits less their mean, to which a speaker's neutral speech is compared; empty where there
 *     was none
 */
public record Calibration(
    double temperature,
    double threshold,
    double risk,
    double coverage,
    int clips,
    int speakers,
    List<Double> neutral) {
  private static final Calibration NONE = new Calibration(1, 0, 1, 1, 0, 0, List.of());

  /**
   * Copies the list and checks the numbers.
   *
   * @throws ModelException when one is out of range
   */
  public Calibration {
    neutral = List.copyOf(neutral);
    if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)
        || !isShare(threshold)
        || !isShare(risk)
        || !isShare(coverage)
        || clips < 0
        || speakers < 0) {
      throw new ModelException(
          "calibration with temperature %s, threshold %s, risk %s, coverage %s, %d clips and %d speakers; expected a positive temperature, shares from 0 to 1 and counts"
              .formatted(temperature, threshold, risk, coverage, clips, speakers));
    }
    if (!neutral.stream().allMatch(Double::isFinite)) {
      throw new ModelException(
          "calibration with the neutral logits %s; expected finite numbers".formatted(neutral));
    }
  }

  private static boolean isShare(double number) {
    return number >= 0 && number <= 1;
  }

  /** {@return that of a model that was not calibrated} */
  public static Calibration none() {
    return NONE;
  }
}
