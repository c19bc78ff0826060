package ser.attention;

import ser.api.SerException;

/**
 * Settings of a self-attention.
 *
 * @param variant the mechanisms it has
 * @param width D, the width of input and output
 * @param heads H, divides D
 * @param focus the bias of Focus-Attention; of no effect on a variant without it
 * @param calibration the gate of Calibration-Attention; of no effect on a variant without it
 * @param calibrationWindow steps of the gate's temporal context, odd
 * @param calibrationHidden hidden width of the gate's MLP
 */
public record AttentionSettings(
    Variant variant,
    int width,
    int heads,
    FocusSettings focus,
    CalibrationGate calibration,
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
   * Creates settings with the {@linkplain FocusSettings#defaults() default bias} and the default
   * gate, {@link CalibrationGate#WINDOWED} over 9 steps with a hidden width of 16.
   *
   * @param variant the mechanisms it has
   * @param width D, the width of input and output
   * @param heads H, divides D
   * @return the settings
   */
  public static AttentionSettings of(Variant variant, int width, int heads) {
    return new AttentionSettings(
        variant, width, heads, FocusSettings.defaults(), CalibrationGate.WINDOWED, 9, 16);
  }

  /**
   * Returns these settings with another variant.
   *
   * @param newVariant the mechanisms it has
   * @return the settings
   */
  public AttentionSettings withVariant(Variant newVariant) {
    return new AttentionSettings(
        newVariant, width, heads, focus, calibration, calibrationWindow, calibrationHidden);
  }

  /**
   * Returns these settings with other sizes.
   *
   * @param newWidth D, the width of input and output
   * @param newHeads H, divides D
   * @return the settings
   */
  public AttentionSettings withSize(int newWidth, int newHeads) {
    return new AttentionSettings(
        variant, newWidth, newHeads, focus, calibration, calibrationWindow, calibrationHidden);
  }

  /**
   * Returns these settings with another bias of Focus-Attention.
   *
   * @param newFocus its kind and initial width
   * @return the settings
   */
  public AttentionSettings withFocus(FocusSettings newFocus) {
    return new AttentionSettings(
        variant, width, heads, newFocus, calibration, calibrationWindow, calibrationHidden);
  }

  /**
   * Returns whether the attention is computed from the amplitude envelope.
   *
   * @return true for a variant with Focus-Attention whose bias needs it
   */
  public boolean needsEnvelope() {
    return variant.focus() && focus.bias().needsEnvelope();
  }

  /**
   * Returns whether the attention has a gate on its maps, which are then T × T tensors.
   *
   * @return true for a variant with Calibration-Attention by CBAM
   */
  public boolean gatesMaps() {
    return variant.calibration() && calibration.gatesMaps();
  }

  /**
   * Returns these settings with another gate of Calibration-Attention.
   *
   * @param gate its temporal context and normalisation
   * @param window steps of its temporal context, odd
   * @param hidden hidden width of its MLP
   * @return the settings
   */
  public AttentionSettings withCalibration(CalibrationGate gate, int window, int hidden) {
    return new AttentionSettings(variant, width, heads, focus, gate, window, hidden);
  }
}
