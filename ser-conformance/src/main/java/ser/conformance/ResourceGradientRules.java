package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.tensor.Tensor;
import ser.graph.training.AdamW;
import ser.graph.training.TrainingOptions;
import ser.graph.training.TrainingSession;
import ser.graph.training.WarmupCosine;

/** Rules 10 of training: steps leave nothing behind. */
@Tag("resources")
abstract class ResourceGradientRules extends Area {
  private static final int STEPS = 200;

  private final Graph graph = LinearFixture.graph();

  private Map<String, Tensor> weights() {
    return Tensors.weights(graph, seed());
  }

  @Rule("10.5")
  @Test
  void twoHundredStepsLeaveNothingBehind() {
    AdamW adamW = AdamW.of(new WarmupCosine(0.01, 2, STEPS, 0.001), 0.01, 1);
    try (TrainingSession session =
        new TrainingSession(
            backend(),
            graph,
            LinearFixture.LOSS,
            weights(),
            TrainingOptions.of(adamW).withEmaDecay(0.9).withSeed(seed()))) {
      session.step(LinearFixture.input(seed(), 2, 5));
      long before = backend().liveArrays();
      for (int step = 0; step < STEPS; step++) {
        session.step(LinearFixture.input(seed(), 2, 1 + step % 7));
      }
      assertThat(backend().liveArrays()).as("live arrays").isEqualTo(before);
    }
    assertThat(backend().liveArrays()).as("live arrays of a closed session").isZero();
  }

  @Rule("10.6")
  @Test
  void aClosedGradientFunctionTakesItsShareAway() {
    Map<String, Tensor> inputs = LinearFixture.input(seed(), 2, 5);
    try (GradientFunction stays = backend().differentiate(graph, LinearFixture.LOSS)) {
      Evaluation.of(stays, graph, weights(), inputs);
      long before = backend().liveArrays();
      for (int round = 0; round < 20; round++) {
        Evaluation.of(backend(), graph, LinearFixture.LOSS, weights(), inputs);
        assertThat(backend().liveArrays()).as("live arrays, round %d", round).isEqualTo(before);
      }
    }
    assertThat(backend().liveArrays()).as("live arrays when all is closed").isZero();
  }

  @Rule("10.7")
  @Test
  void closingAGradientFunctionTwiceDoesNothing() {
    Backend own = open();
    GradientFunction function = own.differentiate(graph, LinearFixture.LOSS);
    GradientFunction other = own.differentiate(graph, LinearFixture.LOSS);
    Evaluation.of(function, graph, weights(), LinearFixture.input(seed(), 2, 5));
    assertThatCode(
            () -> {
              function.close();
              function.close();
            })
        .as("a function")
        .doesNotThrowAnyException();
    Evaluation.of(other, graph, weights(), LinearFixture.input(seed(), 2, 5));
    assertThatCode(
            () -> {
              own.close();
              other.close();
              function.close();
            })
        .as("a backend, and its functions after it")
        .doesNotThrowAnyException();
    assertThat(own.liveArrays()).as("live arrays").isZero();
  }
}
