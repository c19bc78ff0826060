package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import ser.api.BackendException;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** Rules 8 of inference: many threads at once. */
@Tag("concurrency")
abstract class ConcurrencyRules extends Area {
  private static final int THREADS = 8;
  private static final int RUNS = 20;

  private static Graph graph() {
    return LinearFixture.graph();
  }

  private Map<String, Tensor> input(int run) {
    return LinearFixture.input(seed() + run, 1 + run % 3, 1 + run);
  }

  /** The answers by run. Each thread begins with another run, so that neighbours differ. */
  private Map<Integer, Map<String, Tensor>> answers(InferenceFunction function, int thread) {
    Map<Integer, Map<String, Tensor>> answers = new HashMap<>();
    for (int i = 0; i < RUNS; i++) {
      int run = (thread * 7 + i) % RUNS;
      answers.put(run, function.run(input(run)));
    }
    return answers;
  }

  @Rule("8.1")
  @Test
  void manyThreadsGetTheAnswersOneGets() {
    Graph graph = LinearFixture.graph();
    try (InferenceFunction function = backend().compile(graph, Tensors.weights(graph, seed()))) {
      Map<Integer, Map<String, Tensor>> alone = answers(function, 0);
      assertThat(ConcurrentCalls.run(THREADS, thread -> () -> answers(function, thread)))
          .as(about("8 threads on one function"))
          .allSatisfy(answers -> assertThat(answers).isEqualTo(alone));
    }
  }

  @Rule("8.2")
  @Test
  void functionsComeAndGoInManyThreads() {
    long arrays = backend().liveArrays();
    List<List<Map<String, Tensor>>> together =
        ConcurrentCalls.run(THREADS, thread -> () -> ofOwn(graph(), seed() + thread));
    for (int thread = 0; thread < THREADS; thread++) {
      assertThat(together.get(thread))
          .as(about("thread %d".formatted(thread)))
          .isEqualTo(ofOwn(graph(), seed() + thread));
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
    for (int round = 0; round < 10; round++) {
      InferenceFunction function = backend().compile(graph(), Tensors.weights(graph(), seed()));
      assertRunsEndWell(function, function::close);
    }
  }

  @Rule("8.4")
  @Test
  void closingABackendWaitsForItsRuns() {
    for (int round = 0; round < 10; round++) {
      Backend own = open();
      InferenceFunction function = own.compile(graph(), Tensors.weights(graph(), seed()));
      assertRunsEndWell(function, own::close);
      assertThat(own.liveArrays()).as("live arrays").isZero();
    }
  }

  /** Closes while two threads run. */
  private void assertRunsEndWell(InferenceFunction function, Runnable close) {
    Map<String, Tensor> answer = function.run(input(3));
    AtomicBoolean closed = new AtomicBoolean();
    List<String> refusals =
        ConcurrentCalls.run(
            2,
            thread -> () -> untilRefused(function, answer, closed),
            () -> {
              close.run();
              closed.set(true);
            });
    assertThat(refusals).allSatisfy(refusal -> assertThat(refusal).contains("closed"));
  }

  /** Every run gives the right answer until one is refused; none begins after closing. */
  private String untilRefused(
      InferenceFunction function, Map<String, Tensor> answer, AtomicBoolean closed) {
    while (true) {
      boolean late = closed.get();
      try {
        assertThat(function.run(input(3))).isEqualTo(answer);
      } catch (BackendException refusal) {
        return String.valueOf(refusal.getMessage());
      }
      assertThat(late).as("a run that began after closing was answered").isFalse();
    }
  }
}
