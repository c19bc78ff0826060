package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import ser.api.BackendException;
import ser.api.graph.Graph;
import ser.api.spi.Backend;
import ser.api.spi.InferenceFunction;
import ser.api.tensor.Tensor;

/** Rules 8 of inference: many threads at once. */
abstract class ConcurrencyRules extends Area {
  private static final int THREADS = 8;
  private static final int RUNS = 20;

  private Map<String, Tensor> input(int run) {
    return Layer.input(seed() + run, 1 + run % 3, 1 + run);
  }

  private List<Map<String, Tensor>> answers(InferenceFunction function) {
    List<Map<String, Tensor>> answers = new ArrayList<>();
    for (int run = 0; run < RUNS; run++) {
      answers.add(function.run(input(run)));
    }
    return answers;
  }

  @Rule("8.1")
  @Test
  void manyThreadsGetTheAnswersOneGets() {
    Graph graph = Layer.graph();
    try (InferenceFunction function = backend().compile(graph, Tensors.weights(graph, seed()))) {
      List<Map<String, Tensor>> alone = answers(function);
      assertThat(Together.run(THREADS, thread -> () -> answers(function)))
          .as(about("8 threads on one function"))
          .allSatisfy(answers -> assertThat(answers).isEqualTo(alone));
    }
  }

  @Rule("8.2")
  @Test
  void functionsComeAndGoInManyThreads() {
    Graph graph = Layer.graph();
    long arrays = backend().liveArrays();
    List<List<Map<String, Tensor>>> together =
        Together.run(THREADS, thread -> () -> ofOwn(graph, seed() + thread));
    for (int thread = 0; thread < THREADS; thread++) {
      assertThat(together.get(thread))
          .as(about("thread %d".formatted(thread)))
          .isEqualTo(ofOwn(graph, seed() + thread));
    }
    assertThat(backend().liveArrays()).as("live arrays").isEqualTo(arrays);
  }

  private List<Map<String, Tensor>> ofOwn(Graph graph, long seed) {
    List<Map<String, Tensor>> answers = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      try (InferenceFunction function = backend().compile(graph, Tensors.weights(graph, seed))) {
        answers.add(function.run(input(round)));
      }
    }
    return answers;
  }

  @Rule("8.3")
  @Test
  void closingAFunctionWaitsForItsRuns() {
    Graph graph = Layer.graph();
    for (int round = 0; round < 10; round++) {
      InferenceFunction function = backend().compile(graph, Tensors.weights(graph, seed()));
      Map<String, Tensor> answer = function.run(input(3));
      assertThat(Together.run(2, thread -> untilRefused(function, answer), function::close))
          .allSatisfy(refusal -> assertThat(refusal).contains("closed"));
    }
  }

  @Rule("8.4")
  @Test
  void closingABackendWaitsForItsRuns() {
    Graph graph = Layer.graph();
    for (int round = 0; round < 10; round++) {
      Backend own = open();
      InferenceFunction function = own.compile(graph, Tensors.weights(graph, seed()));
      Map<String, Tensor> answer = function.run(input(3));
      assertThat(Together.run(2, thread -> untilRefused(function, answer), own::close))
          .allSatisfy(refusal -> assertThat(refusal).contains("closed"));
      assertThat(own.liveArrays()).as("live arrays").isZero();
    }
  }

  /** Every run gives the right answer until one is refused. */
  private Callable<String> untilRefused(InferenceFunction function, Map<String, Tensor> answer) {
    return () -> {
      while (true) {
        try {
          assertThat(function.run(input(3))).isEqualTo(answer);
        } catch (BackendException refusal) {
          return String.valueOf(refusal.getMessage());
        }
      }
    };
  }
}
