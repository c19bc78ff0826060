package ser.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTests {
  @Test
  void theDeviationIsTheSamples() {
    // Squared distances from 5: 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32; over 7.
    assertThat(Summary.of(List.of(2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0)))
        .isEqualTo(new Summary(8, 5, Math.sqrt(32.0 / 7), 2, 9));
  }

  @Test
  void oneValueHasNoDeviation() {
    assertThat(Summary.of(List.of(0.5)).standardDeviation()).isNaN();
    assertThat(Summary.of(List.of(0.5)).toText()).isEqualTo("0.500 (n = 1)");
  }

  @Test
  void theTextHasEverything() {
    assertThat(Summary.of(List.of(0.25, 0.75)).toText())
        .isEqualTo("0.500 ± 0.354 (0.250 to 0.750, n = 2)");
  }

  @Test
  void nothingCannotBeSummarised() {
    assertThatThrownBy(() -> Summary.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }
}
