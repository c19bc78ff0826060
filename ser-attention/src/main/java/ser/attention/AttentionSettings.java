package ser.attention;

import ser.api.SerException;

/**
 * The sizes of a self-attention.
 *
 * @param variant which mechanisms it has
 * @param width D, the width of input and output
 * @param heads H, divides D
 * @param calibration how Calibration-Attention weighs the heads
 * @param calibrationWindow the steps over which it summarises them, odd
 * @param calibrationHidden the hidden width of its perceptron
 */
public record AttentionSettings(
    Variant variant,
    int width,
    int heads,
    Calibration calibration,
    int calibrationWindow,
    int calibrationHidden) {
  /** Checks the sizes. */
  public AttentionSettings {
    if (width < 1 || heads < 1 || width % heads != 0) {
      throw new SerException(
          "The attention's width must be a multiple of its heads, found %d and %d"
              .formatted(width, heads));
    }
    if (calibrationWindow < 1 || calibrationWindow % 2 == 0 || calibrationHidden < 1) {
      throw new SerException(
          "Calibration needs an odd window and a hidden width of 1 or more, found %d and %d"
              .formatted(calibrationWindow, calibrationHidden));
    }
  }

  /**
   * The usual calibration: windowed over 9 steps, hidden width 16.
   *
   * @param variant which mechanisms it has
   * @param width D, the width of input and output
   * @param heads H, divides D
   * @return the settings
   */
  public static AttentionSettings of(Variant variant, int width, int heads) {
    return new AttentionSettings(variant, width, heads, Calibration.WINDOWED, 9, 16);
  }
}
