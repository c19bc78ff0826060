package ser.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ser.reference.GraphRun.get;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import ser.api.BackendException;
import ser.api.Device;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.GraphException;
import ser.graph.ir.Initializer;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.Tensor;

class ReferenceBackendTests {
  private final Backend backend = new ReferenceBackendProvider().open(Device.CPU);

  @AfterEach
  void close() {
    backend.close();
  }

  /** y = x·w + b of [batch, 2], how many clips there are, and the sum of y. */
  private static Graph graph() {
    GraphBuilder g = new GraphBuilder("line");
    Value x = g.input("x", TensorType.float32(Dim.symbol("batch"), Dim.of(2)));
    Value w = g.parameter("w", Initializer.ones(), 2, 1);
    Value b = g.parameter("b", Initializer.ones(), 1);
    Value y = g.add(g.matMul(x, w), b);
    g.output("y", y);
    g.output("two", g.int64(2));
    g.output("loss", g.sum(y, 0, 1));
    return g.build();
  }

  private static final Map<String, Tensor> WEIGHTS =
      Map.of("w", Tensor.of(new float[] {1, 10}, 2, 1), "b", Tensor.of(new float[] {100}, 1));

  private static Map<String, Tensor> input(float... elements) {
    return Map.of("x", Tensor.of(elements, elements.length / 2, 2));
  }

  @Test
  void itIsFoundByItsName() {
    assertThat(Backends.named("reference")).isInstanceOf(ReferenceBackendProvider.class);
    assertThat(Backends.named("reference").description()).contains("Java");
    assertThat(backend.name()).isEqualTo("reference");
  }

  @Test
  void itServesNobodyWhoDoesNotNameIt() {
    assertThat(Backends.providers()).extracting(BackendProvider::name).containsExactly("reference");
    assertThatThrownBy(Backends::best)
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("No backend");
  }

  @Test
  void automaticIsTheProcessor() {
    try (Backend automatic = new ReferenceBackendProvider().open(Device.AUTO)) {
      assertThat(automatic.device()).isEqualTo(Device.CPU);
    }
  }

  @Test
  void aDeviceThatIsNotThereIsRefusedWithThoseThatAre() {
    assertThatThrownBy(() -> new ReferenceBackendProvider().open(Device.gpu(1)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("gpu:1")
        .hasMessageContaining("[cpu]");
  }

  @Test
  void aFunctionGivesTensorsOfTheGraphsTypes() {
    try (InferenceFunction function = backend.compile(graph(), WEIGHTS)) {
      Map<String, Tensor> outputs = function.run(input(1, 2, 3, 4));
      assertThat(outputs.keySet()).containsExactly("y", "two", "loss");
      assertThat(outputs)
          .containsEntry("y", Tensor.of(new float[] {121, 143}, 2, 1))
          .containsEntry("two", Tensor.of(new long[] {2}))
          .containsEntry("loss", Tensor.of(new float[] {264}, 1, 1));
    }
  }

  @Test
  void gradientsTakeThePlaceOfWhatTheVectorHeld() {
    ParameterVector parameters = new ParameterVector(graph(), WEIGHTS);
    ParameterVector gradients = new ParameterVector(graph());
    gradients.set(new float[] {7, 7, 7});
    try (GradientFunction function = backend.differentiate(graph(), "loss")) {
      for (int call = 0; call < 2; call++) {
        Map<String, Tensor> outputs = function.evaluate(parameters, input(1, 2, 3, 4), gradients);
        assertThat(get(outputs, "loss").floats()).containsExactly(264);
        assertThat(gradients.toArray()).containsExactly(4, 6, 2);
      }
    }
    assertThat(parameters.tensors()).isEqualTo(WEIGHTS);
  }

  @Test
  void whatCannotBeCompiledIsRefusedAtOnce() {
    GraphBuilder g = new GraphBuilder("refused");
    Value x = g.input("x", TensorType.float32(2));
    g.output("loss", g.sum(g.dropout(x, 0.5), 0));
    Graph dropout = g.build();
    g.output("state", g.state("mean", 0, 2));
    Graph state = g.build();
    assertThatThrownBy(() -> backend.differentiate(dropout, "loss"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("Backend 'reference' does not know operation Dropout");
    assertThatThrownBy(() -> backend.compile(state, Map.of()))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("Backend 'reference' does not know operation State");
    assertThatThrownBy(() -> backend.compile(graph(), Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'w'");
    assertThatThrownBy(() -> backend.differentiate(graph(), "lost"))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'lost'");
    assertThat(backend.liveArrays()).isZero();
  }

  @Test
  void arraysLiveAsLongAsTheFunctionThatHoldsThem() {
    assertThat(backend.liveArrays()).isZero();
    InferenceFunction first = backend.compile(graph(), WEIGHTS);
    InferenceFunction second = backend.compile(graph(), WEIGHTS);
    GradientFunction gradient = backend.differentiate(graph(), "loss");
    second.run(input(1, 2));
    assertThat(backend.liveArrays()).isEqualTo(4);
    first.close();
    gradient.close();
    assertThat(backend.liveArrays()).isEqualTo(2);
    backend.close();
    assertThat(backend.liveArrays()).isZero();
  }

  @Test
  void whatIsClosedRefuses() {
    InferenceFunction function = backend.compile(graph(), WEIGHTS);
    GradientFunction gradient = backend.differentiate(graph(), "loss");
    function.close();
    function.close();
    gradient.close();
    gradient.close();
    assertRefused(function, gradient);
  }

  @Test
  void aClosedBackendRefusesAndSoDoesAllItMade() {
    InferenceFunction function = backend.compile(graph(), WEIGHTS);
    GradientFunction gradient = backend.differentiate(graph(), "loss");
    backend.close();
    backend.close();
    assertRefused(function, gradient);
    assertThatThrownBy(() -> backend.compile(graph(), WEIGHTS))
        .isInstanceOf(BackendException.class)
        .hasMessage("Backend 'reference' is closed");
    assertThatThrownBy(() -> backend.differentiate(graph(), "loss"))
        .isInstanceOf(BackendException.class)
        .hasMessage("Backend 'reference' is closed");
  }

  private static void assertRefused(InferenceFunction function, GradientFunction gradient) {
    ParameterVector vector = new ParameterVector(graph());
    assertThatThrownBy(() -> function.run(input(1, 2)))
        .isInstanceOf(BackendException.class)
        .hasMessage("The function compiled from graph 'line' is closed");
    assertThatThrownBy(() -> gradient.evaluate(vector, input(1, 2), vector))
        .isInstanceOf(BackendException.class)
        .hasMessage("The function compiled from graph 'line' is closed");
  }

  @Test
  void manyThreadsGetTheAnswersOneGets() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (InferenceFunction function = backend.compile(graph(), WEIGHTS)) {
      List<Future<Tensor>> results = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        float[] x = new float[2 + i % 3 * 2];
        x[0] = i;
        results.add(threads.submit(() -> get(function.run(input(x)), "y")));
      }
      for (int i = 0; i < 50; i++) {
        Tensor y = results.get(i).get();
        assertThat(y.shape()).containsExactly(1 + i % 3, 1);
        assertThat(y.floats()[0]).isEqualTo(100 + i);
      }
    } finally {
      threads.shutdown();
    }
  }
}
