package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.features.audio.AudioClip;

/**
 * The sound of a telephone line: 300 to 3,400 Hz, then the 8-bit code of the mu-law (ITU-T G.711,
 * by its continuous formula with μ = 255). Softer than some −70 dB of full scale is silence.
 */
public record Telephone() implements ClipAugmentation {
  private static final double LOWEST_HZ = 300;
  private static final double HIGHEST_HZ = 3400;
  private static final double MU = 255;
  private static final int LEVELS = 127; // on each side of 0

  /** {@return the clip through the line; nothing is drawn} */
  @Override
  public AudioClip apply(AudioClip clip, RandomGenerator random) {
    AudioClip band = Filter.apply(clip, hz -> hz >= LOWEST_HZ && hz <= HIGHEST_HZ ? 1 : 0);
    AudioClip coded = Samples.map(band, Telephone::quantized);
    // The code has steps, and so frequencies beyond those of the line.
    return Filter.apply(coded, hz -> hz <= HIGHEST_HZ ? 1 : 0);
  }

  private static double quantized(double sample) {
    double size = Math.min(1, Math.abs(sample));
    double code = Math.rint(LEVELS * Math.log1p(MU * size) / Math.log1p(MU)) / LEVELS;
    return Math.signum(sample) * Math.expm1(code * Math.log1p(MU)) / MU;
  }
}
