package ser.features.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.SerException;
import ser.features.dsp.FeatureMatrix;

class MelWarpTests {
  private static final FeatureMatrix FEATURES =
      new FeatureMatrix(2, 5, new float[] {0, 10, 20, 40, 80, 1, 2, 4, 8, 16});

  /** Always draws the same share of the range. */
  private static RandomGenerator drawing(double share) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        throw new AssertionError("one real number is drawn");
      }

      @Override
      public double nextDouble() {
        return share;
      }
    };
  }

  @Test
  void strengthZeroLeavesFeaturesAsTheyAre() {
    assertThat(new MelWarp(0).apply(FEATURES, new SplittableRandom(1))).isEqualTo(FEATURES);
  }

  @Test
  void aFactorBelowOneStretchesWithInterpolation() {
    // Factor 0.5: bands 0, 0.5, 1, 1.5, 2.
    assertThat(new MelWarp(0.5).apply(FEATURES, drawing(0)))
        .isEqualTo(new FeatureMatrix(2, 5, new float[] {0, 5, 10, 15, 20, 1, 1.5f, 2, 3, 4}));
  }

  @Test
  void aFactorAboveOneSqueezesAndRepeatsTheLastBand() {
    // Factor 1.5: bands 0, 1.5, 3, 4 (of 4.5), 4 (of 6).
    assertThat(new MelWarp(0.5).apply(FEATURES, drawing(1)))
        .isEqualTo(new FeatureMatrix(2, 5, new float[] {0, 15, 40, 80, 80, 1, 3, 8, 16, 16}));
  }

  @Test
  void theFactorIsDrawnEvenlyFromBothSides() {
    // On a slope of one a band, the value of band 2 is twice the factor.
    FeatureMatrix slope = new FeatureMatrix(1, 5, new float[] {0, 1, 2, 3, 4});
    double sum = 0;
    double least = 9;
    double most = 0;
    for (int seed = 0; seed < 1000; seed++) {
      double factor = new MelWarp(0.2).apply(slope, new SplittableRandom(seed)).at(0, 2) / 2;
      sum += factor;
      least = Math.min(least, factor);
      most = Math.max(most, factor);
    }
    assertThat(sum / 1000).isCloseTo(1, within(0.02));
    assertThat(least).isBetween(0.8, 0.81);
    assertThat(most).isBetween(1.19, 1.2);
  }

  @Test
  void theSameSeedGivesTheSameWarpAndLeavesTheInputAlone() {
    FeatureMatrix input = new FeatureMatrix(2, 5, FEATURES.values().clone());
    FeatureMatrix first = new MelWarp(0.3).apply(input, new SplittableRandom(1));
    assertThat(new MelWarp(0.3).apply(input, new SplittableRandom(1))).isEqualTo(first);
    assertThat(new MelWarp(0.3).apply(input, new SplittableRandom(2))).isNotEqualTo(first);
    assertThat(input).isEqualTo(FEATURES);
  }

  @Test
  void oneBandStaysAsItIs() {
    FeatureMatrix one = new FeatureMatrix(2, 1, new float[] {3, 4});
    assertThat(new MelWarp(0.9).apply(one, new SplittableRandom(1))).isEqualTo(one);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, 2, Double.NaN})
  void aStrengthOutOfRangeIsRefused(double strength) {
    assertThatThrownBy(() -> new MelWarp(strength))
        .isInstanceOf(SerException.class)
        .hasMessage("mel warp: strength " + strength + "; expected 0 to below 1");
  }
}
