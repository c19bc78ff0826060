package ser.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.jni.JniUtils;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import ser.api.Device;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.Backend;
import ser.graph.spi.Backends;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.Tensor;

/** What is this backend's own; {@link DjlConformanceTests} holds it to what all backends do. */
class DjlBackendTests {
  private final Backend backend = new DjlBackendProvider().open(Device.CPU);

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void theBackendServesThoseWhoNameNone() {
    assertThat(Backends.best()).isInstanceOf(DjlBackendProvider.class);
    assertThat(Backends.best().description()).contains("PyTorch").contains("DJL");
  }

  @Test
  void theEngineRunsOffline() {
    assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
    assertThat(ai.djl.util.Utils.isOfflineMode()).isTrue();
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
    try (InferenceFunction function = backend.compile(graph, graph.initialParameters(1))) {
      assertThat(function.run(inputs)).containsEntry("result", Tensor.of(new float[] {5 - 900}, 1));
    }
  }

  /** In inference, results are written over operands that nobody reads again. */
  @Test
  void whatIsReadAgainIsNotOverwritten() {
    GraphBuilder g = new GraphBuilder("in place");
    Value x = g.input("x", TensorType.float32(1, 2));
    Value p = g.parameter("p", new Initializer.Constant(2), 1, 2);
    Value y = g.mul(x, p); // read by three, of which one sees it from another side
    Value turned = g.transpose(y, 1, 0);
    Value z = g.sub(g.scale(g.relu(y), 10), y);
    g.output("z", g.add(p, g.square(z)));
    g.output("turned", g.add(turned, g.constant(1)));
    g.output("x", x);
    Graph graph = g.build();
    Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[] {1, -1}, 1, 2));
    try (InferenceFunction function = backend.compile(graph, graph.initialParameters(1))) {
      for (int run = 0; run < 2; run++) {
        assertThat(function.run(inputs))
            .containsEntry("z", Tensor.of(new float[] {2 + 18 * 18, 2 + 4}, 1, 2))
            .containsEntry("turned", Tensor.of(new float[] {3, -1}, 2, 1))
            .containsEntry("x", Tensor.of(new float[] {1, -1}, 1, 2));
      }
    }
  }

  @Test
  void theCallersGradientModeIsLeftAsItWas() {
    boolean found = JniUtils.isGradMode();
    GraphBuilder g = new GraphBuilder("g");
    g.output("loss", g.sum(g.square(g.parameter("w", Initializer.ones(), 2)), 0));
    Graph graph = g.build();
    try (GradientFunction function = backend.differentiate(graph, "loss")) {
      for (boolean mode : new boolean[] {true, false}) {
        JniUtils.setGradMode(mode);
        ParameterVector vector = new ParameterVector(graph, graph.initialParameters(1));
        ParameterVector gradients = new ParameterVector(graph);
        function.evaluate(vector, Map.of(), gradients);
        assertThat(gradients.toArray()).containsExactly(2, 2);
        assertThat(JniUtils.isGradMode()).isEqualTo(mode);
      }
    } finally {
      JniUtils.setGradMode(found);
    }
  }
}
