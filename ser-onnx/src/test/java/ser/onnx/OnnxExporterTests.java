package ser.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import ser.api.BackendException;
import ser.api.Device;
import ser.attention.AttentionSettings;
import ser.attention.Encoder;
import ser.attention.EncoderSettings;
import ser.attention.Variant;
import ser.conformance.ExporterConformance;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.GraphException;
import ser.graph.ir.Initializer;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.Backend;
import ser.graph.spi.Exporters;
import ser.graph.spi.GraphExporter;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** The ONNX files that the exporter writes, read by ONNX Runtime. */
class OnnxExporterTests extends ExporterConformance {
  private static final Dim BATCH = Dim.symbol("batch");
  private static final Dim TIME = Dim.symbol("time");

  private final Backend backend = new OnnxRuntimeProvider().open(Device.CPU);

  @AfterEach
  void close() {
    backend.close();
  }

  @Override
  protected GraphExporter exporter() {
    return Exporters.named("onnx");
  }

  private static String describe(NodeInfo info) {
    TensorInfo tensor = (TensorInfo) info.getInfo();
    return "%s %s%s %s"
        .formatted(
            info.getName(),
            tensor.type,
            Arrays.toString(tensor.getShape()),
            Arrays.toString(tensor.getDimensionNames()));
  }

  /** x·w + b and a mask. */
  private static Graph layer() {
    GraphBuilder g = new GraphBuilder("layer");
    Value x = g.input("x", TensorType.float32(BATCH, TIME, Dim.of(3)));
    Value lengths = g.input("lengths", TensorType.int64(BATCH));
    Value w = g.parameter("block0.linear.weight", Initializer.ones(), 3, 2);
    Value b = g.parameter("block0.linear.bias", Initializer.ones(), 2);
    g.output("y", g.add(g.matMul(x, w), b));
    g.output("mask", g.lengthMask(lengths, TIME.plus(1).floorDivide(2)));
    return g.build();
  }

  @Test
  void inputsAndOutputsKeepNamesTypesAndNamedDimensions() throws IOException, OrtException {
    byte[] model = export(layer(), layer().initialParameters(1));
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(model)) {
      assertThat(session.getInputInfo().values())
          .extracting(OnnxExporterTests::describe)
          .containsExactly("x FLOAT[-1, -1, 3] [batch, time, ]", "lengths INT64[-1] [batch]");
      assertThat(session.getOutputInfo().values())
          .extracting(OnnxExporterTests::describe)
          .containsExactly(
              "y FLOAT[-1, -1, 2] [batch, time, ]", "mask FLOAT[-1, -1] [batch, (time+1)/2]");
    }
  }

  @Test
  void parametersKeepTheirNamesAndNameTheOperatorsThatUseThem() throws IOException {
    String model =
        new String(export(layer(), layer().initialParameters(1)), StandardCharsets.ISO_8859_1);

    assertThat(model)
        .contains("block0.linear.weight", "block0.linear.bias", "block0.linear/MatMul_");
  }

  @Test
  void namesThatClashAreKeptApart() {
    GraphBuilder g = new GraphBuilder("names");
    Value x = g.input("x", TensorType.float32(BATCH));
    Value weight = g.parameter("x", Initializer.ones(), 1);
    Value sum = g.add(x, weight);
    g.output("x", sum);
    g.output("again", sum);
    g.output("input", x);
    g.output("weight", weight);
    g.output("Add_0", g.constant(3));
    g.output("", g.constant(4));
    try (InferenceFunction function = backend.compile(g.build(), Map.of("x", vector(5)))) {
      assertThat(function.run(Map.of("x", vector(1, 2))))
          .isEqualTo(
              Map.of(
                  "x", vector(6, 7),
                  "again", vector(6, 7),
                  "input", vector(1, 2),
                  "weight", vector(5),
                  "Add_0", Tensor.scalar(3),
                  "", Tensor.scalar(4)));
    }
  }

  @Test
  void inputsThatNothingReadsAndGraphsWithoutInputsAreFine() {
    GraphBuilder g = new GraphBuilder("constant");
    g.output("y", g.constant(3));
    try (InferenceFunction function = backend.compile(g.build(), Map.of())) {
      assertThat(function.run(Map.of())).containsEntry("y", Tensor.scalar(3));
    }
    g.input("unread", TensorType.float32(TIME));
    try (InferenceFunction function = backend.compile(g.build(), Map.of())) {
      assertThat(function.run(Map.of("unread", vector(1, 2)))).containsEntry("y", Tensor.scalar(3));
    }
  }

  @Test
  void aSizeThatNoInputHasIsRefusedByName() {
    GraphBuilder g = new GraphBuilder("sizeless");
    g.output("steps", g.range(TIME));
    Graph graph = g.build();

    assertThatThrownBy(() -> export(graph, Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'time' has no size");
  }

  /** As the package's documentation states: the mask clamps lengths to the padded frames. */
  @Test
  void lengthsOutsideTheFeaturesAreClamped() {
    EncoderSettings settings =
        EncoderSettings.of(Variant.FA_CA, 32, 3)
            .withConvolutions(List.of(4, 6), List.of(2, 1))
            .withAttention(AttentionSettings.of(Variant.FA_CA, 8, 2))
            .withHiddenWidths(8, 4);
    Graph graph = Encoder.inference(settings).select(Encoder.PROBABILITIES);
    float[] frames = new float[3 * 20 * 32];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < frames.length; i++) {
      frames[i] = (float) random.nextDouble(-1, 1);
    }
    Tensor features = Tensor.of(frames, 3, 20, 32);
    try (InferenceFunction function = backend.compile(graph, graph.initialParameters(1))) {
      Tensor full = probabilities(function, features, 20, 20, 20);
      Tensor none = probabilities(function, features, 0, 0, 0);

      assertThat(probabilities(function, features, 21, 1000, Long.MAX_VALUE / 2)).isEqualTo(full);
      assertThat(probabilities(function, features, -1, -7, Long.MIN_VALUE / 2)).isEqualTo(none);
      for (int i = 0; i < none.size(); i++) {
        assertThat(none.floats()[i]).isFinite().isEqualTo(none.floats()[i % 3]);
      }
    }
  }

  private static Tensor probabilities(
      InferenceFunction function, Tensor features, long... lengths) {
    Map<String, Tensor> outputs =
        function.run(
            Map.of(
                Encoder.FEATURES, features, Encoder.LENGTHS, Tensor.of(lengths, lengths.length)));
    return Objects.requireNonNull(outputs.get(Encoder.PROBABILITIES));
  }

  @Test
  void whatTheTestBackendMadeEndsWithIt() {
    InferenceFunction function = backend.compile(layer(), layer().initialParameters(1));
    assertThat(backend.liveArrays()).isPositive();
    backend.close();

    assertThat(backend.liveArrays()).isZero();
    Map<String, Tensor> inputs =
        Map.of("x", Tensor.of(new float[6], 1, 2, 3), "lengths", Tensor.of(new long[] {2}, 1));
    assertThatThrownBy(() -> function.run(inputs)).isInstanceOf(BackendException.class);
    Graph graph = layer();
    Map<String, Tensor> weights = graph.initialParameters(1);
    assertThatThrownBy(() -> backend.compile(graph, weights)).isInstanceOf(BackendException.class);
    assertThatThrownBy(() -> backend.differentiate(graph, "y"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("no gradients");
    List.of(function, backend).forEach(OnnxExporterTests::closeAgain);
  }

  private static void closeAgain(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** A float32 vector. */
  private static Tensor vector(double... elements) {
    float[] floats = new float[elements.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) elements[i];
    }
    return Tensor.of(floats, floats.length);
  }
}
