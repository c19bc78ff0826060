package ser.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfidenceThresholdTests {
  /** Clips of equal speakers, of which a share is wrong. */
  private static void add(
      List<Prediction> predictions, float confidence, int speakers, int right, int wrong) {
    float[] probabilities = {confidence, 1 - confidence};
    for (int speaker = 0; speaker < speakers; speaker++) {
      for (int clip = 0; clip < right + wrong; clip++) {
        predictions.add(Prediction.of("c", "s" + speaker, clip < right ? 0 : 1, probabilities));
      }
    }
  }

  @Test
  void theLowestConfidenceThatKeepsTheRiskIsFound() {
    List<Prediction> predictions = new ArrayList<>();
    add(predictions, 0.905f, 10, 20, 0); // none wrong
    add(predictions, 0.705f, 10, 8, 2); // 2 of 30 wrong from here on
    add(predictions, 0.555f, 10, 5, 15); // 17 of 50 wrong from here on
    Optional<ConfidenceThreshold> found = ConfidenceThreshold.of(predictions, 0.1, 1);
    // Speakers are equal: the interval has no width.
    assertThat(found).contains(new ConfidenceThreshold(0.56, 0.1, 0.6));
    assertThat(ConfidenceThreshold.of(predictions, 0.05, 1))
        .contains(new ConfidenceThreshold(0.71, 0.05, 0.4));
    assertThat(ConfidenceThreshold.of(predictions, 0.35, 1))
        .contains(new ConfidenceThreshold(0, 0.35, 1));
  }

  @Test
  void speakersThatDifferWidenTheInterval() {
    List<Prediction> predictions = new ArrayList<>();
    add(predictions, 0.9f, 9, 20, 0);
    for (int clip = 0; clip < 20; clip++) {
      predictions.add(Prediction.of("c", "other", 1, new float[] {0.9f, 0.1f}));
    }
    // A tenth is wrong, all of one speaker, whom a draw may have three times.
    assertThat(ConfidenceThreshold.of(predictions, 0.15, 1)).isEmpty();
    assertThat(ConfidenceThreshold.of(predictions, 0.4, 1)).isPresent();
  }

  @Test
  void fewClipsSayNothing() {
    List<Prediction> predictions = new ArrayList<>();
    add(predictions, 0.9f, 2, 14, 0);
    assertThat(ConfidenceThreshold.of(predictions, 0.2, 1)).isEmpty();
    add(predictions, 0.9f, 2, 1, 0);
    assertThat(ConfidenceThreshold.of(predictions, 0.2, 1)).isPresent();
  }
}
