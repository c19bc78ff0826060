package ser.features.augment;

/** The discrete Fourier transform of complex numbers, in place; the length is a power of 2. */
final class FourierTransform {
  private final double[] cosines;
  private final double[] sines;

  /** Prepares transforms of a length. */
  FourierTransform(int length) {
    if (Integer.bitCount(length) != 1) {
      throw new IllegalArgumentException("a length of " + length + "; expected a power of 2");
    }
    cosines = new double[length / 2];
    sines = new double[length / 2];
    for (int i = 0; i < length / 2; i++) {
      cosines[i] = Math.cos(2 * Math.PI * i / length);
      sines[i] = Math.sin(2 * Math.PI * i / length);
    }
  }

  /** Transforms to the frequencies, unscaled. */
  void forward(double[] real, double[] imaginary) {
    int length = real.length;
    int shift = Integer.numberOfLeadingZeros(length) + 1;
    for (int i = 1; i < length; i++) {
      int reversed = Integer.reverse(i) >>> shift;
      if (i < reversed) {
        swap(real, i, reversed);
        swap(imaginary, i, reversed);
      }
    }
    for (int half = 1; half < length; half *= 2) {
      int step = length / (2 * half);
      for (int first = 0; first < length; first += 2 * half) {
        for (int k = 0; k < half; k++) {
          int a = first + k;
          int b = a + half;
          double cosine = cosines[k * step];
          double sine = sines[k * step];
          double turnedReal = real[b] * cosine + imaginary[b] * sine;
          double turnedImaginary = imaginary[b] * cosine - real[b] * sine;
          real[b] = real[a] - turnedReal;
          imaginary[b] = imaginary[a] - turnedImaginary;
          real[a] += turnedReal;
          imaginary[a] += turnedImaginary;
        }
      }
    }
  }

  /** Transforms back; {@link #forward} and this give the numbers again. */
  void inverse(double[] real, double[] imaginary) {
    forward(imaginary, real);
    for (int i = 0; i < real.length; i++) {
      real[i] /= real.length;
      imaginary[i] /= real.length;
    }
  }

  private static void swap(double[] values, int i, int k) {
    double value = values[i];
    values[i] = values[k];
    values[k] = value;
  }
}
