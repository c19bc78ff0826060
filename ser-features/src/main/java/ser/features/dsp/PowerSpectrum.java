package ser.features.dsp;

/**
 * The power spectra of many real frames at once.
 *
 * <p>The frames lie side by side: row {@code i} of the working array holds the {@code i}-th value
 * of every frame. So each step of the transform is one short formula for whole rows, with the same
 * factors for all frames: a loop from 0 over plain arrays, which HotSpot turns into vector code. It
 * does so with few arrays and operations in one loop alone, and where each value is read once into
 * a variable of its own; hence radix 2, and no step that does two things.
 *
 * <p>The transform is that of real numbers (decimation in time): a block of {@code n} rows holds
 * the real part of bin {@code k} in row {@code k} and its imaginary part in row {@code n - k}, and
 * two blocks, of the even and the odd samples, are combined in place. This is half the work of a
 * complex transform. It uses exp(+i...), which saves a change of sign and leaves the power as it
 * is.
 *
 * <p>Double precision, because the logarithm of a nearly silent band shows what rounding a loud one
 * leaves there. The tables are shared between threads; the rows are the caller's.
 */
final class PowerSpectrum {
  private final int size;
  private final double[] cos; // [size / 2], of 2 pi k / size
  private final double[] sin;

  /**
   * Computes the tables.
   *
   * @param size samples per frame, a power of two, at least 4
   */
  PowerSpectrum(int size) {
    this.size = size;
    cos = new double[size / 2];
    sin = new double[size / 2];
    for (int k = 0; k < size / 2; k++) {
      cos[k] = Math.cos(2 * Math.PI * k / size);
      sin[k] = Math.sin(2 * Math.PI * k / size);
    }
  }

  /** The row for a sample of a frame: its index with the bits reversed. */
  int row(int sample) {
    return Integer.reverse(sample) >>> (Integer.numberOfLeadingZeros(size) + 1);
  }

  /**
   * Replaces frames by their power spectra.
   *
   * @param rows [size][frames], sample {@code i} of the frames in row {@link #row row(i)}; receives
   *     |X|² of bin {@code k} in row {@code k}, up to {@code size / 2}; the rest is then scratch
   * @param frames how many
   */
  void transformInPlace(double[][] rows, int frames) {
    transform(rows, 0, size, frames);
    int half = size / 2;
    square(rows[0], frames);
    square(rows[half], frames);
    for (int k = 1; k < half; k++) {
      squareSum(rows[k], rows[size - k], frames);
    }
  }

  /** Depth first, so that what is combined is still in the nearest cache. */
  private void transform(double[][] rows, int start, int length, int frames) {
    if (length == 4) {
      four(rows[start], rows[start + 1], rows[start + 2], rows[start + 3], frames);
      return;
    }
    int half = length / 2;
    int middle = start + half;
    transform(rows, start, half, frames);
    transform(rows, middle, half, frames);
    two(rows[start], rows[middle], frames);
    int step = size / length;
    for (int k = 1; k < half / 2; k++) {
      combine(
          rows[start + k],
          rows[middle - k],
          rows[middle + k],
          rows[start + length - k],
          cos[k * step],
          sin[k * step],
          frames);
    }
  }

  /** Transforms of two points. */
  private static void two(double[] first, double[] second, int frames) {
    for (int i = 0; i < frames; i++) {
      double a = first[i];
      double b = second[i];
      first[i] = a + b;
      second[i] = a - b;
    }
  }

  /** Transforms of four points, which come in the order 0, 2, 1, 3. */
  private static void four(double[] re0, double[] re1, double[] re2, double[] im1, int frames) {
    for (int i = 0; i < frames; i++) {
      double a = re0[i];
      double b = re1[i];
      double c = re2[i];
      double d = im1[i];
      double even = a + b;
      double odd = c + d;
      re0[i] = even + odd;
      re1[i] = a - b;
      re2[i] = even - odd;
      im1[i] = c - d;
    }
  }

  /**
   * Combines bin k of the even samples, E, and of the odd samples, O, turned by an angle, to bin k,
   * E + O, and its mirror in the other half, the conjugate of E - O.
   *
   * @param evenRe becomes the real part of bin k
   * @param evenIm becomes the real part of the mirror
   * @param oddRe becomes the imaginary part of the mirror
   * @param oddIm becomes the imaginary part of bin k
   */
  private static void combine(
      double[] evenRe,
      double[] evenIm,
      double[] oddRe,
      double[] oddIm,
      double cos,
      double sin,
      int frames) {
    for (int i = 0; i < frames; i++) {
      double a = evenRe[i];
      double b = evenIm[i];
      double c = oddRe[i];
      double d = oddIm[i];
      double re = cos * c - sin * d;
      double im = sin * c + cos * d;
      evenRe[i] = a + re;
      evenIm[i] = a - re;
      oddRe[i] = im - b;
      oddIm[i] = b + im;
    }
  }

  private static void square(double[] re, int frames) {
    for (int i = 0; i < frames; i++) {
      re[i] *= re[i];
    }
  }

  private static void squareSum(double[] re, double[] im, int frames) {
    for (int i = 0; i < frames; i++) {
      re[i] = re[i] * re[i] + im[i] * im[i];
    }
  }
}
