package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Graph;
import ser.graph.spi.GradientFunction;
import ser.graph.tensor.Tensor;

/** Rules 8 of training: gradients in several threads. */
@Tag("concurrency")
abstract class ConcurrencyGradientRules extends Area {
  private static final int THREADS = 4;

  @Rule("8.5")
  @Test
  void gradientFunctionsDoNotDisturbEachOther() {
    Graph graph = LinearFixture.graph();
    List<List<Evaluation>> together =
        ConcurrentCalls.run(THREADS, thread -> () -> ofOwn(graph, seed() + thread));
    for (int thread = 0; thread < THREADS; thread++) {
      assertThat(together.get(thread))
          .as(about("thread %d".formatted(thread)))
          .isEqualTo(ofOwn(graph, seed() + thread));
    }
  }

  private List<Evaluation> ofOwn(Graph graph, long seed) {
    List<Evaluation> found = new ArrayList<>();
    Map<String, Tensor> weights = Tensors.weights(graph, seed);
    try (GradientFunction function = backend().differentiate(graph, LinearFixture.LOSS)) {
      for (int call = 0; call < 10; call++) {
        found.add(
            Evaluation.of(function, graph, weights, LinearFixture.input(seed + call, 2, 1 + call)));
      }
    }
    return found;
  }

  @Rule("8.6")
  @Test
  void aGradientFunctionMayMoveFromThreadToThread() {
    Graph graph = LinearFixture.graph();
    Map<String, Tensor> weights = Tensors.weights(graph, seed());
    Map<String, Tensor> inputs = LinearFixture.input(seed(), 2, 5);
    try (GradientFunction function = backend().differentiate(graph, LinearFixture.LOSS)) {
      Evaluation here = Evaluation.of(function, graph, weights, inputs);
      for (int move = 0; move < 3; move++) {
        assertThat(
                ConcurrentCalls.run(
                    1, thread -> () -> Evaluation.of(function, graph, weights, inputs)))
            .containsExactly(here);
      }
    }
  }
}
