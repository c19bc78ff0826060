package ser.graph.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.api.SerException;

class AdamWTests {
  private static final WarmupCosine SCHEDULE = new WarmupCosine(0.1, 0, 10, 0);

  @Test
  void theUsualNumbersAreThoseOfThePaper() {
    assertThat(AdamW.of(SCHEDULE, 0.01, 1))
        .isEqualTo(new AdamW(SCHEDULE, 0.9, 0.999, 1e-8, 0.01, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0.9, 1e-8, 0, 1",
    "0.9, -0.1, 1e-8, 0, 1",
    "0.9, 0.9, 0, 0, 1",
    "0.9, 0.9, 1e-8, -1, 1",
    "0.9, 0.9, 1e-8, 0, 0",
    "NaN, 0.9, 1e-8, 0, 1",
    "0.9, 0.9, 1e-8, 0, NaN"
  })
  void numbersThatMakeNoSenseAreRefused(
      double beta1, double beta2, double epsilon, double decay, double clip) {
    assertThatThrownBy(() -> new AdamW(SCHEDULE, beta1, beta2, epsilon, decay, clip))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("AdamW");
  }

  @Test
  void withersChangeOneThing() {
    WarmupCosine other = new WarmupCosine(0.2, 0, 10, 0);
    assertThat(
            AdamW.of(SCHEDULE, 0.01, 1).withBetas(0.8, 0.9).withEpsilon(1e-6).withSchedule(other))
        .isEqualTo(new AdamW(other, 0.8, 0.9, 1e-6, 0.01, 1));
  }
}
