package ser.features.augment;

import java.util.function.DoubleUnaryOperator;
import ser.features.audio.AudioClip;

/**
 * Linear-phase filters designed by frequency sampling with a Hann window (Oppenheim and Schafer
 * 2010, 7.5). They delay nothing.
 */
final class Filter {
  /** At 16 kHz transitions of some 60 Hz. */
  private static final int TAPS = 1023;

  private Filter() {}

  /**
   * Filters a clip.
   *
   * @param clip the audio
   * @param amplitude the factor of each frequency in Hz
   */
  static AudioClip apply(AudioClip clip, DoubleUnaryOperator amplitude) {
    return AudioClip.of(
        Convolution.apply(clip.samples(), response(clip.sampleRate(), amplitude), TAPS / 2),
        clip.sampleRate());
  }

  private static double[] response(int rate, DoubleUnaryOperator amplitude) {
    int length = 4 * (TAPS + 1);
    double[] real = new double[length];
    for (int i = 0; i < length; i++) {
      real[i] = amplitude.applyAsDouble((double) Math.min(i, length - i) * rate / length);
    }
    new FourierTransform(length).inverse(real, new double[length]);
    double[] response = new double[TAPS];
    for (int i = 0; i < TAPS; i++) {
      int lag = i - TAPS / 2;
      double window = 0.5 + 0.5 * Math.cos(2 * Math.PI * lag / (TAPS + 1));
      response[i] = window * real[Math.floorMod(lag, length)];
    }
    return response;
  }
}
