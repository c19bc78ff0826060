package ser.features.dsp;

/**
 * The power spectrum of a real frame: a complex transform of half the size over even and odd
 * samples, then the split of the two. Double precision, because the logarithm of a nearly silent
 * band shows what rounding a loud one leaves there.
 *
 * <p>The tables are shared between threads; the buffers are the caller's.
 */
final class PowerSpectrum {
  private final int half; // points of the complex transform
  private final double[] cos; // [half], of 2 pi k / size
  private final double[] sin;
  private final int[] reversed; // [half], bit-reversed index

  /**
   * Computes the tables.
   *
   * @param size samples per frame, a power of two, at least 16
   */
  PowerSpectrum(int size) {
    half = size / 2;
    cos = new double[half];
    sin = new double[half];
    reversed = new int[half];
    int bits = Integer.numberOfTrailingZeros(half);
    for (int k = 0; k < half; k++) {
      cos[k] = Math.cos(2 * Math.PI * k / size);
      sin[k] = Math.sin(2 * Math.PI * k / size);
      reversed[k] = Integer.reverse(k) >>> (32 - bits);
    }
  }

  /**
   * Transforms one frame.
   *
   * @param frame [size]; left alone
   * @param re scratch, [size / 2]
   * @param im scratch, [size / 2]
   * @param power receives |X|², [size / 2 + 1]
   */
  void of(double[] frame, double[] re, double[] im, double[] power) {
    for (int i = 0; i < half; i++) {
      int from = 2 * reversed[i];
      re[i] = frame[from];
      im[i] = frame[from + 1];
    }
    firstTwoStages(re, im);
    for (int span = 4; span < half; span *= 2) {
      stage(span, re, im);
    }
    split(re, im, power);
  }

  /** Butterflies of 2 and 4 in one pass; their factors are 1 and -i, so nothing is multiplied. */
  private void firstTwoStages(double[] re, double[] im) {
    for (int i = 0; i < half; i += 4) {
      double ar = re[i] + re[i + 1];
      double ai = im[i] + im[i + 1];
      double br = re[i] - re[i + 1];
      double bi = im[i] - im[i + 1];
      double cr = re[i + 2] + re[i + 3];
      double ci = im[i + 2] + im[i + 3];
      double dr = re[i + 2] - re[i + 3];
      double di = im[i + 2] - im[i + 3];
      re[i] = ar + cr;
      im[i] = ai + ci;
      re[i + 2] = ar - cr;
      im[i + 2] = ai - ci;
      re[i + 1] = br + di;
      im[i + 1] = bi - dr;
      re[i + 3] = br - di;
      im[i + 3] = bi + dr;
    }
  }

  private void stage(int span, double[] re, double[] im) {
    int step = half / span;
    for (int start = 0; start < half; start += 2 * span) {
      for (int k = 0; k < span; k++) {
        int a = start + k;
        int b = a + span;
        double wr = cos[k * step];
        double wi = sin[k * step];
        double tr = wr * re[b] + wi * im[b];
        double ti = wr * im[b] - wi * re[b];
        re[b] = re[a] - tr;
        im[b] = im[a] - ti;
        re[a] += tr;
        im[a] += ti;
      }
    }
  }

  private void split(double[] re, double[] im, double[] power) {
    double first = re[0] + im[0];
    double last = re[0] - im[0];
    power[0] = first * first;
    power[half] = last * last;
    for (int k = 1; k < half; k++) {
      double er = (re[k] + re[half - k]) / 2;
      double ei = (im[k] - im[half - k]) / 2;
      double or = (im[k] + im[half - k]) / 2;
      double oi = (re[half - k] - re[k]) / 2;
      double xr = er + cos[k] * or + sin[k] * oi;
      double xi = ei + cos[k] * oi - sin[k] * or;
      power[k] = xr * xr + xi * xi;
    }
  }
}
