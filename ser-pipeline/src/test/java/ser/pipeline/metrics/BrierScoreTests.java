package ser.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class BrierScoreTests {
  private static Prediction clip(int truth, float... probabilities) {
    return Prediction.of("clip", "anna", truth, probabilities);
  }

  @Test
  void certainAndRightIsZeroCertainAndWrongIsTwo() {
    assertThat(BrierScore.mean(List.of(clip(0, 1, 0, 0)))).isZero();
    assertThat(BrierScore.mean(List.of(clip(0, 0, 1, 0)))).isEqualTo(2);
  }

  @Test
  void uniformProbabilitiesOverFourClassesScoreThreeQuarters() {
    assertThat(BrierScore.mean(List.of(clip(2, 0.25f, 0.25f, 0.25f, 0.25f)))).isEqualTo(0.75);
  }

  @Test
  void itIsTheMeanOverClipsOfTheSumOverClasses() {
    // (0.5² + 0.3² + 0.2²) = 0.38 and (0.1² + 0.1² + 0²) = 0.02.
    assertThat(BrierScore.mean(List.of(clip(0, 0.5f, 0.3f, 0.2f), clip(1, 0.1f, 0.9f, 0))))
        .isCloseTo((0.38 + 0.02) / 2, within(1e-7));
  }

  @Test
  void noPredictionHasNoScore() {
    assertThat(BrierScore.mean(List.of())).isNaN();
  }

  @Test
  void amongSomeLabelsProbabilitiesAreRenormalised() {
    Prediction restricted = clip(2, 0.5f, 0.1f, 0.3f, 0.1f).among(List.of(1, 2));
    assertThat(restricted.truth()).isEqualTo(1);
    assertThat(restricted.predicted()).isEqualTo(1);
    assertThat(restricted.probabilities().get(0)).isCloseTo(0.25f, within(1e-6f));
    assertThat(restricted.probabilities().get(1)).isCloseTo(0.75f, within(1e-6f));
    assertThat(clip(0, 0, 1, 0).among(List.of(0, 2)).probabilities()).containsExactly(0.5f, 0.5f);
  }
}
