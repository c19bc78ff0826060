package ser.reference;

/** The standard normal distribution, used by the exact GELU. */
final class NormalDistribution {
  /** Beyond this many standard deviations the probability is 0 or 1 within 10⁻¹⁵. */
  private static final double FAR = 8;

  /** The number of terms after which the series has converged for all |x| up to that limit. */
  private static final int TERMS = 100;

  private NormalDistribution() {}

  /** φ(x) = exp(−x²/2)/√(2π). */
  static double density(double x) {
    return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  /**
   * Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/(3·5) + x⁷/(3·5·7) + …), within 10⁻¹⁵ (Marsaglia 2004,
   * "Evaluating the normal distribution", Journal of Statistical Software 11(4)).
   */
  static double probabilityBelow(double x) {
    if (Math.abs(x) > FAR) {
      return x > 0 ? 1 : 0;
    }
    double term = x;
    double sum = x;
    for (int odd = 3; odd < 2 * TERMS; odd += 2) {
      term *= x * x / odd;
      sum += term;
    }
    return 0.5 + sum * density(x);
  }
}
