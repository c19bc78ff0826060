package ser.attention;

import ser.api.SerException;

/**
 * Settings of Focus-Attention.
 *
 * @param bias what is added to the scores
 * @param initialWidth Z at the start of training as a fraction of the clip's length, above 0 and
 *     below 1; of no effect where the bias is not a Gaussian
 */
public record FocusSettings(FocusBias bias, double initialWidth) {
  private static final double DEFAULT_WIDTH = 0.5;

  /**
   * Checks the width.
   *
   * @throws SerException when it is not above 0 and below 1
   */
  public FocusSettings {
    if (!(initialWidth > 0 && initialWidth < 1)) {
      throw new SerException(
          "The initial width of Focus-Attention is a fraction above 0 and below 1, found "
              + initialWidth);
    }
  }

  /** {@return {@link FocusBias#LEARNT_CENTRE}, at the start half as wide as the clip} */
  public static FocusSettings defaults() {
    return new FocusSettings(FocusBias.LEARNT_CENTRE, DEFAULT_WIDTH);
  }

  /**
   * Returns these settings with another bias.
   *
   * @param newBias what is added to the scores
   * @return the changed settings
   */
  public FocusSettings withBias(FocusBias newBias) {
    return new FocusSettings(newBias, initialWidth);
  }

  /**
   * Returns these settings with another initial width.
   *
   * @param newInitialWidth a fraction of the clip's length, above 0 and below 1
   * @return the changed settings
   */
  public FocusSettings withInitialWidth(double newInitialWidth) {
    return new FocusSettings(bias, newInitialWidth);
  }

  /** ln(w / (1 − w)) of the initial width w: what the sigmoid of the width is offset by. */
  double widthOffset() {
    return Math.log(initialWidth / (1 - initialWidth));
  }
}
