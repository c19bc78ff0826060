package ser.features.augment;

import java.util.function.DoubleUnaryOperator;
import ser.features.audio.AudioClip;

/** Operations on the samples of a clip. */
final class Samples {
  private Samples() {}

  /** {@return the mean of the squared samples; of no samples, NaN} */
  static double meanPower(float[] samples) {
    double sum = 0;
    for (float sample : samples) {
      sum += (double) sample * sample;
    }
    return sum / samples.length;
  }

  /** {@return a clip of the same length, of a function of each sample} */
  static AudioClip map(AudioClip clip, DoubleUnaryOperator function) {
    float[] samples = clip.samples().clone();
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) function.applyAsDouble(samples[i]);
    }
    return AudioClip.of(samples, clip.sampleRate());
  }
}
