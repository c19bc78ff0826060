package ser.features.audio;

/**
 * The low-pass filter between two rates: a sinc under a Kaiser window of 100 dB, flat to 0.91 of
 * the lower rate's Nyquist frequency, silent above it.
 */
final class SincFilter {
  private static final double STOPBAND_DB = 100;
  private static final double PASSBAND = 0.91;

  private static final double[] KAISER_SERIES = kaiserSeries();

  private final double lowerRate; // in units of the input's
  private final int half;

  SincFilter(int from, int to) {
    this.lowerRate = Math.min(1.0, (double) to / from);
    double transition = Math.PI * (1 - PASSBAND) * lowerRate;
    this.half = (int) Math.ceil((STOPBAND_DB - 7.95) / (2.285 * transition) / 2);
  }

  /** Taps on each side. */
  int half() {
    return half;
  }

  /** The lower of the two rates in units of the input's. */
  double lowerRate() {
    return lowerRate;
  }

  /**
   * The filter for an output sample that lies {@code fraction} of a step after an input sample. Tap
   * {@code j} belongs to the input sample {@code half - 1 - j} steps before that one.
   */
  float[] taps(double fraction) {
    double cutoff = lowerRate * (1 + PASSBAND) / 2;
    double[] taps = new double[2 * half];
    double sum = 0;
    for (int j = 0; j < taps.length; j++) {
      double t = fraction + half - 1 - j;
      double x = Math.PI * cutoff * t;
      double sinc = Math.abs(x) < 1e-9 ? 1 : Math.sin(x) / x;
      double edge = 1 - (t / half) * (t / half);
      taps[j] = edge <= 0 ? 0 : sinc * kaiser(edge);
      sum += taps[j];
    }
    float[] normalised = new float[taps.length];
    for (int j = 0; j < taps.length; j++) {
      normalised[j] = (float) (taps[j] / sum); // a constant stays the same in every phase
    }
    return normalised;
  }

  /** The Kaiser window, unscaled, as a function of 1 - (place / half)², by its power series. */
  private static double kaiser(double x) {
    double sum = 0;
    for (int k = KAISER_SERIES.length - 1; k >= 0; k--) {
      sum = Math.fma(sum, x, KAISER_SERIES[k]);
    }
    return sum;
  }

  /** The coefficients of the modified Bessel function I0(beta · √x): (beta² / 4)^k / k!². */
  private static double[] kaiserSeries() {
    double beta = 0.1102 * (STOPBAND_DB - 8.7);
    double[] series = new double[32];
    series[0] = 1;
    for (int k = 1; k < series.length; k++) {
      series[k] = series[k - 1] * beta * beta / (4.0 * k * k);
    }
    return series;
  }
}
