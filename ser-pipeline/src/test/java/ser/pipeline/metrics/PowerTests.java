package ser.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PowerTests {
  @Test
  void theSmallestDifferenceFallsWithTheRootOfTheSeeds() {
    // 2.8015852 · 0.015 · √(2/5)
    assertThat(Power.smallestDifference(0.015, 5)).isCloseTo(0.0265780, within(1e-6));
    assertThat(Power.smallestDifference(0.015, 20))
        .isCloseTo(Power.smallestDifference(0.015, 5) / 2, within(1e-12));
  }

  @Test
  void theSeedsForADifferenceAreTheFewestThatDetectIt() {
    // 2 · (2.8015852 · 0.015 / 0.02)² = 8.83
    assertThat(Power.seedsFor(0.015, 0.02)).isEqualTo(9);
    assertThat(Power.smallestDifference(0.015, 9)).isLessThanOrEqualTo(0.02);
    assertThat(Power.smallestDifference(0.015, 8)).isGreaterThan(0.02);
    assertThat(Power.seedsFor(0, 0.02)).isEqualTo(1);
  }

  @Test
  void noDifferenceHasNoNumberOfSeeds() {
    assertThatThrownBy(() -> Power.seedsFor(0.1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Power.smallestDifference(-1, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Power.smallestDifference(0.1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
