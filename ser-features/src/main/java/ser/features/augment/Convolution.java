package ser.features.augment;

import java.util.Arrays;

/**
 * Convolves signals with an impulse response by overlap-add (Oppenheim and Schafer 2010, 8.7.3).
 */
final class Convolution {
  private static final int SHORTEST = 1024;

  private Convolution() {}

  /**
   * Convolves a signal.
   *
   * @param signal any length
   * @param response the impulse response, 1 sample or more
   * @param delay samples at the beginning of the result that are left out, such as the delay of a
   *     linear-phase filter
   * @return as long as the signal
   */
  static float[] apply(float[] signal, double[] response, int delay) {
    int length = Integer.highestOneBit(Math.max(SHORTEST, 4 * response.length) - 1) * 2;
    FourierTransform transform = new FourierTransform(length);
    double[] responseReal = Arrays.copyOf(response, length);
    double[] responseImaginary = new double[length];
    transform.forward(responseReal, responseImaginary);
    double[] sum = new double[signal.length + delay];
    int block = length - response.length + 1;
    double[] real = new double[length];
    double[] imaginary = new double[length];
    for (int first = 0; first < signal.length; first += block) {
      int count = Math.min(block, signal.length - first);
      Arrays.fill(real, 0);
      Arrays.fill(imaginary, 0);
      for (int i = 0; i < count; i++) {
        real[i] = signal[first + i];
      }
      transform.forward(real, imaginary);
      for (int i = 0; i < length; i++) {
        double product = real[i] * responseReal[i] - imaginary[i] * responseImaginary[i];
        imaginary[i] = real[i] * responseImaginary[i] + imaginary[i] * responseReal[i];
        real[i] = product;
      }
      transform.inverse(real, imaginary);
      for (int i = 0; i < Math.min(length, sum.length - first); i++) {
        sum[first + i] += real[i];
      }
    }
    float[] result = new float[signal.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) sum[delay + i];
    }
    return result;
  }
}
