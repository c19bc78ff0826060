package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.api.SerException;
import ser.features.audio.AudioClip;

/**
 * Colours a clip as a microphone or a room does: a gain for each octave from 62.5 Hz, drawn evenly
 * from ±{@code maxDb} and interpolated linearly over the logarithm of frequency.
 *
 * @param maxDb the largest gain, 0 to 40
 */
public record Equalization(double maxDb) implements ClipAugmentation {
  private static final double LOWEST_HZ = 62.5;
  private static final int OCTAVES = 8; // up to 16 kHz

  /**
   * Checks the number.
   *
   * @throws SerException when the gain is not 0 to 40 dB
   */
  public Equalization {
    Span.require("largest gain in dB", maxDb, maxDb, 0, 40);
  }

  @Override
  public AudioClip apply(AudioClip clip, RandomGenerator random) {
    double[] gains = new double[OCTAVES + 1];
    for (int i = 0; i < gains.length; i++) {
      gains[i] = Span.draw(-maxDb, maxDb, random);
    }
    return Filter.apply(clip, hz -> Math.pow(10, gainDb(gains, hz) / 20));
  }

  private static double gainDb(double[] gains, double hz) {
    double octave =
        Math.max(0, Math.min(OCTAVES, Math.log(Math.max(hz, 1) / LOWEST_HZ) / Math.log(2)));
    int below = Math.min(OCTAVES - 1, (int) octave);
    return gains[below] + (octave - below) * (gains[below + 1] - gains[below]);
  }
}
