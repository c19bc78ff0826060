package ser.pipeline.modelpackage;

import java.util.Optional;

/**
 * How a model's confidence was calibrated on clips that it was not trained on. The temperature is
 * part of the weights of the last layer: this is a record of it.
 *
 * @param temperature by which the logits were divided, 0.001 to 1,000; 1 for a model that was not
 *     calibrated
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
  /** Ten times the hottest that is fitted. */
  private static final double HOTTEST = 1_000;

  private static final Calibration NONE = new Calibration(1, 0, 1, 1, 0, 0, Optional.empty());

  /**
   * Checks the numbers.
   *
   * @throws ser.api.ModelException when one is out of range; names its key
   */
  public Calibration {
    requireTemperature("temperature", temperature);
    requireShare("threshold", threshold);
    requireShare("risk", risk);
    requireShare("coverage", coverage);
    Bounds.requireAtLeast("calibration.clips", clips, 0);
    Bounds.requireAtLeast("calibration.speakers", speakers, 0);
  }

  static void requireTemperature(String key, double number) {
    Bounds.require("calibration." + key, number, 1 / HOTTEST, HOTTEST);
  }

  static void requireShare(String key, double number) {
    Bounds.require("calibration." + key, number, 0, 1);
  }

  /** {@return that of a model that was not calibrated} */
  public static Calibration none() {
    return NONE;
  }
}
