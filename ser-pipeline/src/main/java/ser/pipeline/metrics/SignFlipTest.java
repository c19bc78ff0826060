package ser.pipeline.metrics;

import java.util.SplittableRandom;
import java.util.stream.DoubleStream;

/**
 * The result of a paired permutation test that the mean of differences is zero (Fisher's sign-flip
 * test; Good 2005, section 3.7): if it is, the sign of each difference is arbitrary, and the
 * observed mean is one among those of all signs. Two-sided.
 *
 * @param p the share of signs whose absolute mean is at least the observed one
 * @param exact whether all signs were counted; otherwise signs were drawn, and p is (k + 1)/(n + 1)
 *     (Phipson and Smyth 2010)
 */
public record SignFlipTest(double p, boolean exact) {
  /** All 16.8 million signs of 24 differences are counted in a tenth of a second. */
  private static final int MOST_EXACT = 24;

  private static final int DRAWS = 100_000;

  /** Relative to the sum of the absolute differences: sums in another order are equal. */
  private static final double ROUNDING = 1e-10;

  /** A running sum is computed anew after so many flips, before rounding adds up. */
  private static final int RENEWED = 1 << 12;

  /**
   * Tests differences.
   *
   * @param differences one for each independent unit, such as a speaker; at least one
   * @param randomSeed of the draws, where there are more than 24 differences
   * @return the result
   * @throws IllegalArgumentException when there is no difference or one is NaN
   */
  public static SignFlipTest of(double[] differences, long randomSeed) {
    if (differences.length == 0 || DoubleStream.of(differences).anyMatch(Double::isNaN)) {
      throw new IllegalArgumentException(
          "%d differences, NaN among them or none; expected numbers".formatted(differences.length));
    }
    double total = DoubleStream.of(differences).map(Math::abs).sum();
    double observed = Math.abs(DoubleStream.of(differences).sum()) - ROUNDING * total;
    return differences.length <= MOST_EXACT
        ? new SignFlipTest(exact(differences, observed), true)
        : new SignFlipTest(drawn(differences, observed, new SplittableRandom(randomSeed)), false);
  }

  /**
   * All signs but that of the last difference, which by symmetry stays: in the order of the Gray
   * code, where each sum differs from the one before by a single flip.
   */
  private static double exact(double[] differences, double observed) {
    double[] signed = differences.clone();
    long signs = 1L << (signed.length - 1);
    long extreme = 0;
    double sum = 0;
    for (long i = 0; i < signs; i++) {
      if (i > 0) {
        int flipped = Long.numberOfTrailingZeros(i);
        signed[flipped] = -signed[flipped];
        sum += 2 * signed[flipped];
      }
      if (i % RENEWED == 0) {
        sum = DoubleStream.of(signed).sum();
      }
      if (Math.abs(sum) >= observed) {
        extreme++;
      }
    }
    return (double) extreme / signs;
  }

  private static double drawn(double[] differences, double observed, SplittableRandom random) {
    int extreme = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      double sum = 0;
      long bits = 0;
      for (int i = 0; i < differences.length; i++) {
        if (i % Long.SIZE == 0) {
          bits = random.nextLong();
        }
        sum += (bits & 1) == 0 ? differences[i] : -differences[i];
        bits >>>= 1;
      }
      if (Math.abs(sum) >= observed) {
        extreme++;
      }
    }
    return (extreme + 1.0) / (DRAWS + 1.0);
  }
}
