package ser.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SignFlipTestTests {
  /** Whole numbers from −9 to 13, over 100. */
  private static double[] hundredths(int count) {
    return IntStream.range(0, count).mapToDouble(i -> (i * 37 % 23 - 9) / 100.0).toArray();
  }

  @Test
  void allSignsAreCounted() {
    // Sums of ±1 ± 2 ± 3: 6 and −6 are two of eight.
    assertThat(SignFlipTest.of(new double[] {1, 2, 3}, 1)).isEqualTo(new SignFlipTest(0.25, true));
    // 1 + 2 − 3 = 0: every sum is at least as far from zero.
    assertThat(SignFlipTest.of(new double[] {1, 2, -3}, 1).p()).isEqualTo(1);
    assertThat(SignFlipTest.of(new double[] {0.3}, 1).p()).isEqualTo(1);
  }

  @Test
  void pIsThatOfScipy() {
    // scipy.stats.permutation_test((d,), np.mean, permutation_type='samples', n_resamples=inf)
    double[] differences = {0.05, -0.02, 0.11, 0.04, -0.01, 0.03, 0.08, -0.06};
    assertThat(SignFlipTest.of(differences, 1).p()).isEqualTo(0.2265625);
  }

  @Test
  void twentyFourDifferencesAreCountedToTheLastTie() {
    // 5,066,508 of 2^24 sums of these whole numbers are 37 or more from zero.
    SignFlipTest test = SignFlipTest.of(hundredths(24), 1);
    assertThat(test.exact()).isTrue();
    assertThat(test.p()).isEqualTo(5_066_508.0 / (1 << 24));
  }

  @Test
  void ofMoreDifferencesSignsAreDrawn() {
    // The exact share is 0.2271; 100,000 draws have a standard error of 0.0013.
    SignFlipTest test = SignFlipTest.of(hundredths(30), 1);
    assertThat(test.exact()).isFalse();
    assertThat(test.p()).isCloseTo(0.227122463285923, within(0.005));
    assertThat(SignFlipTest.of(hundredths(30), 1)).isEqualTo(test);
    assertThat(SignFlipTest.of(hundredths(30), 2)).isNotEqualTo(test);
  }

  @Test
  void theLeastOfDrawnSharesIsNotZero() {
    double[] all = IntStream.range(0, 80).mapToDouble(i -> 1).toArray();
    assertThat(SignFlipTest.of(all, 1).p()).isEqualTo(1 / 100_001.0);
  }

  @Test
  void noDifferenceAndNoNumberAreRefused() {
    assertThatThrownBy(() -> SignFlipTest.of(new double[0], 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SignFlipTest.of(new double[] {1, Double.NaN}, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
