package ser.backend.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static ser.backend.dl4j.Calculation.draw;
import static ser.backend.dl4j.Calculation.get;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import ser.api.BackendException;
import ser.api.graph.Dim;
import ser.api.graph.Graph;
import ser.api.graph.GraphBuilder;
import ser.api.graph.GraphException;
import ser.api.graph.Initializer;
import ser.api.graph.TensorType;
import ser.api.graph.Value;
import ser.api.spi.Backend;
import ser.api.spi.Backends;
import ser.api.spi.Device;
import ser.api.spi.GradientFunction;
import ser.api.spi.InferenceFunction;
import ser.api.spi.ParameterVector;
import ser.api.tensor.DataType;
import ser.api.tensor.Tensor;

class Dl4jBackendTests {
  private final Backend backend = new Dl4jBackendProvider().open(Device.CPU);

  @AfterEach
  void close() {
    backend.close();
  }

  /** tanh(x·w + b) of [batch, time, 3], and its sum. */
  private static Graph graph() {
    GraphBuilder g = new GraphBuilder("layer");
    Value x = g.input("x", TensorType.float32(Dim.symbol("batch"), Dim.symbol("time"), Dim.of(3)));
    Value w = g.parameter("w", Initializer.glorot(3, 2), 3, 2);
    Value b = g.parameter("b", new Initializer.Constant(0.1), 2);
    Value y = g.tanh(g.add(g.matMul(x, w), b));
    g.output("y", y);
    g.output("loss", g.sum(y, 0, 1, 2));
    return g.build();
  }

  private static Map<String, Tensor> input(long seed, int batch, int time) {
    return Map.of("x", Tensor.of(draw(seed, batch * time * 3, -1, 1), batch, time, 3));
  }

  @Test
  void theBackendIsFoundByItsName() {
    assertThat(Backends.named("dl4j")).isInstanceOf(Dl4jBackendProvider.class);
    assertThat(Backends.best().name()).isEqualTo("dl4j");
    assertThat(Backends.best().description()).contains("ND4J").contains("CPU");
    assertThat(backend.name()).isEqualTo("dl4j");
    assertThat(backend.device()).isEqualTo(Device.CPU);
  }

  @Test
  void automaticIsWhatThereIs() {
    try (Backend automatic = new Dl4jBackendProvider().open(Device.AUTO)) {
      assertThat(new Dl4jBackendProvider().devices()).contains(Device.CPU, automatic.device());
    }
  }

  @Test
  void aDeviceThatIsNotThereIsRefusedWithThoseThatAre() {
    assertThatThrownBy(() -> new Dl4jBackendProvider().open(Device.gpu(7)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("gpu:7")
        .hasMessageContaining("cpu");
  }

  @Test
  void oneCompiledGraphTakesAnyBatchAndTime() {
    Graph graph = graph();
    Map<String, Tensor> weights = graph.initialParameters(1);
    float[] w = get(weights, "w").floats();
    try (InferenceFunction function = backend.compile(graph, weights)) {
      for (int[] size : new int[][] {{2, 5}, {1, 1}, {3, 17}, {0, 4}, {2, 0}, {2, 5}}) {
        Map<String, Tensor> input = input(7, size[0], size[1]);
        Map<String, Tensor> outputs = function.run(input);
        assertThat(outputs.keySet()).containsExactly("y", "loss");
        assertThat(get(outputs, "y").shape()).containsExactly(size[0], size[1], 2);
        float[] x = get(input, "x").floats();
        float[] y = get(outputs, "y").floats();
        for (int i = 0; i < y.length; i++) {
          double sum = 0.1;
          for (int k = 0; k < 3; k++) {
            sum += x[i / 2 * 3 + k] * w[k * 2 + i % 2];
          }
          assertThat((double) y[i]).isCloseTo(Math.tanh(sum), within(1e-6));
        }
      }
    }
  }

  @Test
  void manyThreadsGetTheAnswersOneGets() throws Exception {
    Graph graph = graph();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (InferenceFunction function = backend.compile(graph, graph.initialParameters(1))) {
      List<Map<String, Tensor>> alone = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        alone.add(function.run(input(i, 1 + i % 3, 1 + i)));
      }
      List<Future<Boolean>> together = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        together.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    assertThat(function.run(input(i, 1 + i % 3, 1 + i)))
                        .as("run %d", i)
                        .isEqualTo(alone.get(i));
                  }
                  return true;
                }));
      }
      for (Future<Boolean> future : together) {
        assertThat(future.get()).isTrue();
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void closingWaitsForRunsUnderWayAndRefusesLaterOnes() throws Exception {
    Graph graph = graph();
    for (int round = 0; round < 10; round++) {
      Backend own = new Dl4jBackendProvider().open(Device.CPU);
      InferenceFunction function = own.compile(graph, graph.initialParameters(1));
      ExecutorService threads = Executors.newFixedThreadPool(2);
      try {
        List<Future<String>> runs = new ArrayList<>();
        for (int thread = 0; thread < 2; thread++) {
          runs.add(
              threads.submit(
                  () -> {
                    while (true) {
                      try {
                        function.run(input(1, 2, 50));
                      } catch (BackendException refusal) {
                        return String.valueOf(refusal.getMessage());
                      }
                    }
                  }));
        }
        own.close();
        for (Future<String> run : runs) {
          assertThat(run.get()).contains("closed");
        }
      } finally {
        threads.shutdown();
      }
    }
  }

  @Test
  void aClosedFunctionRefuses() {
    Graph graph = graph();
    InferenceFunction function = backend.compile(graph, graph.initialParameters(1));
    GradientFunction gradient = backend.differentiate(graph, "loss");
    function.close();
    function.close();
    gradient.close();
    gradient.close();
    assertRefused(graph, function, gradient);
  }

  @Test
  void aClosedBackendRefusesAndSoDoesAllItMade() {
    Graph graph = graph();
    Backend own = new Dl4jBackendProvider().open(Device.CPU);
    InferenceFunction function = own.compile(graph, graph.initialParameters(1));
    GradientFunction gradient = own.differentiate(graph, "loss");
    own.close();
    own.close();
    assertRefused(graph, function, gradient);
    function.close();
    gradient.close();
    assertThatThrownBy(() -> own.compile(graph, graph.initialParameters(1)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> own.differentiate(graph, "loss"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("closed");
  }

  private static void assertRefused(
      Graph graph, InferenceFunction function, GradientFunction gradient) {
    assertThatThrownBy(() -> function.run(input(1, 1, 1)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("'layer' is closed");
    ParameterVector vector = new ParameterVector(graph);
    assertThatThrownBy(() -> gradient.evaluate(vector, input(1, 1, 1), vector))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("'layer' is closed");
  }

  @Test
  void weightsThatDoNotFitAreRefused() {
    Graph graph = graph();
    Tensor w = Tensor.zeros(DataType.FLOAT32, 3, 2);
    Tensor b = Tensor.zeros(DataType.FLOAT32, 2);
    assertThatThrownBy(() -> backend.compile(graph, Map.of("w", w)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'b' float32[2] is missing");
    assertThatThrownBy(() -> backend.compile(graph, Map.of("w", w, "b", b, "c", b)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("[c]");
    assertThatThrownBy(() -> backend.compile(graph, Map.of("w", b, "b", b)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("float32[3, 2]")
        .hasMessageContaining("float32[2]");
  }

  @Test
  void inputsThatDoNotFitAreRefused() {
    Graph graph = graph();
    try (InferenceFunction function = backend.compile(graph, graph.initialParameters(1))) {
      assertThatThrownBy(() -> function.run(Map.of()))
          .isInstanceOf(GraphException.class)
          .hasMessageContaining("'x'");
      assertThatThrownBy(() -> function.run(Map.of("x", Tensor.zeros(DataType.FLOAT32, 1, 1, 4))))
          .isInstanceOf(GraphException.class)
          .hasMessageContaining("float32[1, 1, 4]");
    }
  }

  @Test
  void anUnknownLossIsRefusedWithTheOutputsThereAre() {
    assertThatThrownBy(() -> backend.differentiate(graph(), "lost"))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'lost'")
        .hasMessageContaining("[y, loss]");
  }

  @Test
  void whatTheEngineRefusesNamesTheGraph() {
    GraphBuilder g = new GraphBuilder("short");
    Value x = g.input("x", TensorType.float32(Dim.of(1), Dim.of(1), Dim.symbol("time")));
    Value w = g.parameter("w", Initializer.ones(), 1, 1, 5);
    g.output("y", g.conv(new ser.api.graph.Op.Conv(List.of(1), List.of(0), List.of(1), 1), x, w));
    Graph graph = g.build();
    try (InferenceFunction function = backend.compile(graph, graph.initialParameters(1))) {
      assertThatThrownBy(() -> function.run(Map.of("x", Tensor.zeros(DataType.FLOAT32, 1, 1, 3))))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("'short'");
    }
  }

  @Test
  void namesThatDifferOnlyInPunctuationAreTold() {
    GraphBuilder g = new GraphBuilder("names");
    Value a = g.input("a.b", TensorType.float32(1));
    Value b = g.input("a_b", TensorType.float32(1));
    Value c = g.parameter("p.q", new Initializer.Constant(100), 1);
    Value d = g.parameter("p_q", new Initializer.Constant(1000), 1);
    g.output("result", g.add(g.sub(a, b), g.sub(c, d)));
    Graph graph = g.build();
    Map<String, Tensor> inputs =
        Map.of("a.b", Tensor.of(new float[] {7}, 1), "a_b", Tensor.of(new float[] {2}, 1));
    assertThat(Calculation.run(backend, graph, graph.initialParameters(1), inputs).floats())
        .containsExactly(5 - 900);
  }

  @Test
  void anInputThatNothingReadsIsTakenAndIgnored() {
    GraphBuilder g = new GraphBuilder("unread");
    g.input("unread", TensorType.float32(2));
    g.parameter("idle", Initializer.ones(), 2);
    g.output("result", g.square(g.input("x", TensorType.float32(1))));
    Graph graph = g.build();
    Map<String, Tensor> inputs =
        Map.of("x", Tensor.of(new float[] {3}, 1), "unread", Tensor.zeros(DataType.FLOAT32, 2));
    assertThat(Calculation.run(backend, graph, graph.initialParameters(1), inputs).floats())
        .containsExactly(9);
  }
}
