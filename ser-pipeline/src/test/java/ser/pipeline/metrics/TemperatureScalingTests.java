package ser.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemperatureScalingTests {
  /** Labels drawn by softmax(z), predictions softmax(z · sharpness). */
  private static List<Prediction> predictions(double sharpness, int clips) {
    SplittableRandom random = new SplittableRandom(3);
    List<Prediction> predictions = new ArrayList<>();
    for (int clip = 0; clip < clips; clip++) {
      double[] logits = {2 * random.nextGaussian(), 2 * random.nextGaussian(), 0};
      float[] own = softmax(logits, 1);
      double draw = random.nextDouble();
      int truth = draw < own[0] ? 0 : draw < own[0] + own[1] ? 1 : 2;
      predictions.add(Prediction.of("clip" + clip, "s", truth, softmax(logits, sharpness)));
    }
    return predictions;
  }

  private static float[] softmax(double[] logits, double factor) {
    float[] result = new float[logits.length];
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(factor * logit);
    }
    for (int i = 0; i < logits.length; i++) {
      result[i] = (float) (Math.exp(factor * logits[i]) / sum);
    }
    return result;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.25, 1, 3})
  void theTemperatureUndoesTheSharpness(double sharpness) {
    List<Prediction> predictions = predictions(sharpness, 20_000);
    TemperatureScaling scaling = TemperatureScaling.fit(predictions);
    assertThat(scaling.temperature()).isCloseTo(sharpness, within(0.05 * sharpness));
    List<Prediction> scaled = predictions.stream().map(scaling::apply).toList();
    assertThat(CalibrationError.expected(scaled)).isLessThan(0.02);
  }

  @Test
  void theLikelihoodIsLessAtAnyOtherTemperature() {
    List<Prediction> predictions = predictions(2, 500);
    double best = TemperatureScaling.fit(predictions).temperature();
    double likelihood = likelihood(predictions, best);
    for (double factor : new double[] {0.5, 0.9, 0.99, 1.01, 1.1, 2}) {
      assertThat(likelihood(predictions, factor * best)).isLessThan(likelihood);
    }
  }

  private static double likelihood(List<Prediction> predictions, double temperature) {
    TemperatureScaling scaling = new TemperatureScaling(temperature);
    return predictions.stream()
        .map(scaling::apply)
        .mapToDouble(clip -> Math.log(clip.probabilities().get(clip.truth())))
        .sum();
  }

  @Test
  void thePredictedLabelStaysAndATemperatureOfOneChangesNothing() {
    for (Prediction clip : predictions(1, 200)) {
      Prediction same = new TemperatureScaling(1).apply(clip);
      for (int label = 0; label < 3; label++) {
        assertThat(same.probabilities().get(label))
            .isCloseTo(clip.probabilities().get(label), within(1e-6f));
      }
      assertThat(new TemperatureScaling(5).apply(clip).predicted()).isEqualTo(clip.predicted());
      assertThat(new TemperatureScaling(5).apply(clip).confidence())
          .isLessThanOrEqualTo(clip.confidence());
    }
  }

  @Test
  void aProbabilityOfZeroAndWrongAnswersAloneStayFinite() {
    Prediction wrong = Prediction.of("a", "s", 1, new float[] {1, 0});
    TemperatureScaling scaling = TemperatureScaling.fit(List.of(wrong));
    assertThat(scaling.temperature()).isCloseTo(100, within(1e-6));
    assertThat(scaling.apply(wrong).probabilities()).allMatch(Float::isFinite);
    assertThatThrownBy(() -> new TemperatureScaling(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("temperature 0.0; expected a number above 0");
  }
}
