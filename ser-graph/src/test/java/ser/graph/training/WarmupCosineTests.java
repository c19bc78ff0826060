package ser.graph.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.api.SerException;

class WarmupCosineTests {
  @ParameterizedTest
  @CsvSource({
    "0, 0.25",
    "1, 0.5",
    "3, 1.0", // a straight line to the peak
    "4, 1.0", // the cosine begins at the peak,
    "9, 0.55", // is in the middle half way,
    "14, 0.1", // and ends at the floor,
    "1000000, 0.1" // where it stays
  })
  void theRateRisesInALineAndFallsAlongACosine(long step, double rate) {
    assertThat(new WarmupCosine(1, 4, 14, 0.1).rate(step)).isCloseTo(rate, within(1e-12));
  }

  @Test
  void aQuarterOfTheWayTheCosineHasFallenByItsFirstEighth() {
    assertThat(new WarmupCosine(2, 0, 8, 0).rate(2)).isCloseTo(1 + Math.sqrt(0.5), within(1e-12));
  }

  @Test
  void theFirstStepAlreadyLearns() {
    assertThat(new WarmupCosine(1, 100, 200, 0).rate(0)).isPositive();
  }

  @Test
  void warmUpMayBeMissingOrAll() {
    assertThat(new WarmupCosine(1, 0, 10, 0).rate(0)).isEqualTo(1);
    assertThat(new WarmupCosine(1, 10, 10, 0.5).rate(9)).isEqualTo(1);
    assertThat(new WarmupCosine(1, 10, 10, 0.5).rate(10)).isEqualTo(0.5);
    assertThat(new WarmupCosine(1, 0, 0, 1).rate(0)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 2, 0",
    "-1, 1, 2, 0",
    "1, -1, 2, 0",
    "1, 3, 2, 0",
    "1, 1, 2, 1.5",
    "NaN, 1, 2, 0"
  })
  void schedulesThatMakeNoSenseAreRefused(double peak, long warmup, long total, double floor) {
    assertThatThrownBy(() -> new WarmupCosine(peak, warmup, total, floor))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("peak");
  }
}
