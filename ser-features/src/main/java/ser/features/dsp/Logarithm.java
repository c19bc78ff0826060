package ser.features.dsp;

/**
 * The natural logarithm of many numbers, to 1e-14: more than twice as fast as {@link Math#log},
 * because all but the taking apart of the numbers is vector code.
 */
final class Logarithm {
  private static final double LOG_2 = Math.log(2);

  /** The bits of √½: mantissas are taken from there to √2, around 1. */
  private static final long ROOT_HALF = 0x3fe6_a09e_667f_3bcdL;

  private static final int MANTISSA_BITS = 52;

  private Logarithm() {}

  /**
   * Replaces numbers by their logarithms.
   *
   * @param numbers [at least count]
   * @param floor what is less is taken as this; positive and normal
   * @param exponents scratch, [at least count]
   */
  static void of(double[] numbers, double floor, double[] exponents, int count) {
    takeApart(numbers, floor, exponents, count);
    combine(numbers, exponents, count);
  }

  /** Writes a number as m · 2^e, with m between √½ and √2. */
  private static void takeApart(double[] numbers, double floor, double[] exponents, int count) {
    for (int i = 0; i < count; i++) {
      double number = numbers[i];
      long bits = Double.doubleToRawLongBits(number < floor ? floor : number); // max is slower
      long exponent = (bits - ROOT_HALF) >> MANTISSA_BITS;
      numbers[i] = Double.longBitsToDouble(bits - (exponent << MANTISSA_BITS));
      exponents[i] = exponent;
    }
  }

  /** log m = 2 artanh s = 2 (s + s³/3 + s⁵/5 ...), where s = (m - 1) / (m + 1) is below 0.172. */
  private static void combine(double[] mantissas, double[] exponents, int count) {
    for (int i = 0; i < count; i++) {
      double m = mantissas[i];
      double s = (m - 1) / (m + 1);
      double z = s * s;
      double series = 2.0 / 17 + z * (2.0 / 19);
      series = 2.0 / 15 + z * series;
      series = 2.0 / 13 + z * series;
      series = 2.0 / 11 + z * series;
      series = 2.0 / 9 + z * series;
      series = 2.0 / 7 + z * series;
      series = 2.0 / 5 + z * series;
      series = 2.0 / 3 + z * series;
      mantissas[i] = LOG_2 * exponents[i] + s * (2 + z * series);
    }
  }
}
