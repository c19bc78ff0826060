package ser.pipeline.corpus;

import java.util.SplittableRandom;
import ser.features.audio.AudioClip;

/** Made-up speech: sounds of 60 to 160 ms, each with a pitch, a level and formants of its own. */
public final class MadeUpSpeech {
  private static final int RATE = 16_000;

  private MadeUpSpeech() {}

  /** A clip of 16 kHz in which everything follows from the seed. */
  public static AudioClip clip(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] samples = new float[(int) (RATE * (1.5 + random.nextDouble()))];
    for (int from = 0; from < samples.length; ) {
      int length = Math.min(samples.length - from, RATE * (60 + random.nextInt(100)) / 1_000);
      sound(samples, from, length, random);
      from += length;
    }
    return AudioClip.of(samples, RATE);
  }

  private static void sound(float[] samples, int from, int length, SplittableRandom random) {
    double pitch = 100 + 120 * random.nextDouble();
    double level = 0.02 + 0.1 * random.nextDouble();
    double[] formants = {
      250 + 600 * random.nextDouble(),
      900 + 1_400 * random.nextDouble(),
      2_300 + 1_000 * random.nextDouble()
    };
    int harmonics = (int) (7_500 / pitch);
    double[] amplitudes = new double[harmonics];
    for (int k = 0; k < harmonics; k++) {
      for (double formant : formants) {
        double distance = ((k + 1) * pitch - formant) / 150;
        amplitudes[k] += level / (1 + distance * distance);
      }
    }
    for (int i = 0; i < length; i++) {
      double envelope = Math.sin(Math.PI * (i + 0.5) / length);
      double sample = 0.001 * (2 * random.nextDouble() - 1);
      for (int k = 0; k < harmonics; k++) {
        sample += amplitudes[k] * envelope * Math.sin(2 * Math.PI * (k + 1) * pitch * i / RATE);
      }
      samples[from + i] = (float) sample;
    }
  }
}
