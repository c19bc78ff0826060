package ser.attention;

import java.util.Arrays;
import ser.api.SerException;

/** Variants of the attention: multi-head self-attention with neither, either or both mechanisms. */
public enum Variant {
  /** Multi-head self-attention alone (Vaswani et al. 2017). */
  MHSA("mhsa", false, false),
  /** With Focus-Attention. */
  FA("fa", true, false),
  /** With Calibration-Attention. */
  CA("ca", false, true),
  /** With both. */
  FA_CA("fa+ca", true, true);

  private final String text;
  private final boolean focus;
  private final boolean calibration;

  Variant(String text, boolean focus, boolean calibration) {
    this.text = text;
    this.focus = focus;
    this.calibration = calibration;
  }

  /**
   * Finds a variant.
   *
   * @param text {@code mhsa}, {@code fa}, {@code ca} or {@code fa+ca}
   * @return the variant
   * @throws SerException when the text is none of these
   */
  public static Variant named(String text) {
    return Arrays.stream(values())
        .filter(variant -> variant.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new SerException(
                    "Unknown variant '%s'; expected one of %s"
                        .formatted(text, Arrays.toString(values()))));
  }

  /**
   * Returns whether Focus-Attention biases the scores.
   *
   * @return true for {@link #FA} and {@link #FA_CA}
   */
  public boolean focus() {
    return focus;
  }

  /**
   * Returns whether Calibration-Attention gates the heads.
   *
   * @return true for {@link #CA} and {@link #FA_CA}
   */
  public boolean calibration() {
    return calibration;
  }

  /** Returns the name that {@link #named} finds the variant by. */
  @Override
  public String toString() {
    return text;
  }
}
