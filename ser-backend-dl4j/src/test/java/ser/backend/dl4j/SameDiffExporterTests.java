package ser.backend.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SameDiff;
import ser.api.BackendException;
import ser.attention.Encoder;
import ser.attention.EncoderSettings;
import ser.attention.Variant;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.GraphException;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.Exporters;
import ser.graph.spi.GraphExporter;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/** The files of the exporter, run by SameDiff's own session. */
class SameDiffExporterTests {
  private final GraphExporter exporter = Exporters.named("samediff");

  private byte[] export(Graph graph, Map<String, Tensor> weights) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    exporter.write(graph, weights, bytes);
    return bytes.toByteArray();
  }

  private SameDiff load(Graph graph, Map<String, Tensor> weights) throws IOException {
    return SameDiff.load(new ByteArrayInputStream(export(graph, weights)), false);
  }

  @ParameterizedTest
  @EnumSource
  void theEncoderGivesTheSameInSameDiffsSession(Variant variant) throws IOException {
    Graph graph = Encoder.inference(EncoderSettings.of(variant, 64, 8));
    Map<String, Tensor> weights = graph.initialParameters(1);
    requireSameResults(graph, weights, List.of(batch(2, 40), batch(1, 77), batch(3, 9)));
  }

  private void requireSameResults(
      Graph graph, Map<String, Tensor> weights, List<Map<String, Tensor>> runs) throws IOException {
    SameDiff sameDiff = load(graph, weights);
    try (Backend backend = new Dl4jBackendProvider().open(BackendOptions.defaults());
        InferenceFunction function = backend.compile(graph, weights)) {
      for (Map<String, Tensor> inputs : runs) {
        Map<String, Tensor> expected = function.run(inputs);
        Map<String, Tensor> found = SameDiffSession.run(sameDiff, inputs, graph);
        expected.forEach(
            (name, tensor) -> {
              Tensor other = Objects.requireNonNull(found.get(name), name);
              assertThat(other.shape()).as(name).isEqualTo(tensor.shape());
              if (tensor.dataType() == DataType.INT64) {
                assertThat(other).as(name).isEqualTo(tensor);
              } else {
                assertThat(other.floats()).as(name).containsExactly(tensor.floats(), within(1e-5f));
              }
            });
      }
    }
  }

  @Test
  void everyOperationGivesTheSameInSameDiffsSession() throws IOException {
    GraphBuilder g = new GraphBuilder("operations");
    Dim batch = new Dim.Symbol("batch");
    Dim time = new Dim.Symbol("time");
    Value x = g.input("x", TensorType.float32(batch, time, Dim.of(6)));
    Value lengths = g.input("lengths", TensorType.int64(batch));
    Value positive = g.add(g.unary(Op.UnaryFunction.ABS, x), g.constant(0.5));
    for (Op.UnaryFunction function : Op.UnaryFunction.values()) {
      g.output("unary " + function, g.unary(function, positive));
    }
    for (Op.BinaryFunction function : Op.BinaryFunction.values()) {
      g.output("binary " + function, g.add(new Op.Binary(function), List.of(x, positive)));
      g.output("whole " + function, whole(g, function, lengths));
    }
    for (Op.Comparison comparison : Op.Comparison.values()) {
      g.output("compare " + comparison, g.compare(comparison, x, g.constant(0.0)));
    }
    for (Op.Reduction reduction : Op.Reduction.values()) {
      g.output("last " + reduction, g.reduce(reduction, x, 2));
      g.output("inner " + reduction, g.reduce(reduction, x, 1));
    }
    g.output("outer sum", g.sum(x, 0, 2));
    g.output("softmax", g.softmax(x, 2));
    g.output("inner softmax", g.softmax(x, 1));
    g.output("log softmax", g.logSoftmax(x, 2));
    g.output("cast", g.cast(lengths, DataType.FLOAT32));
    Value mask = g.lengthMask(lengths, time);
    g.output("mask", mask);
    g.output(
        "range", g.add(new Op.Range(time.plus(1).floorDivide(2), DataType.FLOAT32), List.of()));
    g.output("where", g.where(g.relu(x), x, g.constant(7.0)));
    g.output("slice", g.slice(x, 2, 1, 4));
    g.output("concat", g.concat(2, x, positive));
    Value turned = g.transpose(x, 0, 2, 1);
    g.output("transpose", turned);
    g.output("product", g.matMul(x, turned));
    g.output("projection", g.matMul(x, g.parameter("matrix", Initializer.he(6), 6, 3)));
    Value gain = g.parameter("gain", Initializer.he(6), 6);
    g.output("norm", g.layerNorm(x, gain, gain, 1e-5));
    Op.Conv conv = new Op.Conv(List.of(2), List.of(1), List.of(1), 2);
    Value kernel = g.parameter("kernel", Initializer.he(6), 4, 3, 3);
    g.output("convolution", g.conv(conv, turned, kernel));
    for (Op.Pooling pooling : Op.Pooling.values()) {
      Op.Pool pool = new Op.Pool(pooling, List.of(3), List.of(2), List.of(1));
      g.output("pooling " + pooling, g.pool(pool, turned));
    }
    Graph graph = g.build();

    requireSameResults(graph, graph.initialParameters(1), List.of(run(2, 9), run(3, 14)));
  }

  private static Value whole(GraphBuilder g, Op.BinaryFunction function, Value lengths) {
    Value seven = g.int64(-7);
    return g.add(new Op.Binary(function), List.of(seven, lengths));
  }

  private static Map<String, Tensor> run(int clips, int frames) {
    SplittableRandom random = new SplittableRandom(7);
    float[] x = new float[clips * frames * 6];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-2, 2);
    }
    long[] lengths = new long[clips];
    Arrays.setAll(lengths, clip -> frames - clip);
    return Map.of("x", Tensor.of(x, clips, frames, 6), "lengths", Tensor.of(lengths, clips));
  }

  private static Map<String, Tensor> batch(int clips, int frames) {
    SplittableRandom random = new SplittableRandom(5);
    float[] features = new float[clips * frames * 64];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextDouble(-2, 2);
    }
    long[] lengths = new long[clips];
    Arrays.fill(lengths, frames);
    lengths[0] = frames - 3L;
    return Map.of(
        Encoder.FEATURES, Tensor.of(features, clips, frames, 64),
        Encoder.LENGTHS, Tensor.of(lengths, clips));
  }

  @Test
  void inputsOutputsAndParametersKeepTheirNames() throws IOException {
    GraphBuilder g = new GraphBuilder("names");
    Value x = g.input("x", TensorType.float32(2));
    g.output("x", g.mul(x, g.parameter("gain", Initializer.ones(), 2)));
    Graph graph = g.build();

    SameDiff sameDiff = load(graph, Map.of("gain", Tensor.of(new float[] {2, 3}, 2)));

    assertThat(sameDiff.inputs()).containsExactly("x");
    assertThat(sameDiff.hasVariable("gain")).isTrue();
    assertThat(sameDiff.hasVariable("x_")).as("an output whose name is taken").isTrue();
  }

  @Test
  void weightsThatDoNotFitAreRefused() {
    GraphBuilder g = new GraphBuilder("weights");
    g.output("y", g.parameter("gain", Initializer.ones(), 2));

    assertThatThrownBy(() -> export(g.build(), Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'gain'");
  }

  @Test
  void aDilatedConvolutionIsRefused() {
    GraphBuilder g = new GraphBuilder("dilated");
    Value x = g.input("x", TensorType.float32(1, 2, 9));
    Op.Conv conv = new Op.Conv(List.of(1), List.of(1), List.of(3), 1);
    g.output("y", g.conv(conv, x, g.parameter("kernel", Initializer.ones(), 4, 2, 3)));
    requireRefused(g.build(), "'samediff' has no Conv with a dilation of 1 and 3");
  }

  @Test
  void aConversionToWholeNumbersIsRefused() {
    GraphBuilder g = new GraphBuilder("cast");
    g.output("y", g.cast(g.input("x", TensorType.float32(3)), DataType.INT64));
    requireRefused(g.build(), "'samediff' has no Cast to int64");
  }

  @Test
  void anLstmIsRefused() {
    GraphBuilder g = new GraphBuilder("lstm");
    g.output(
        "y",
        g.lstm(
            new Op.Lstm(2, Op.Direction.FORWARD),
            g.input("x", TensorType.float32(1, 4, 3)),
            g.parameter("input", Initializer.ones(), 8, 3),
            g.parameter("recurrent", Initializer.ones(), 8, 2),
            g.parameter("bias", Initializer.ones(), 8),
            g.input("lengths", TensorType.int64(Dim.of(1)))));
    requireRefused(g.build(), "'samediff' has no LSTM");
  }

  private void requireRefused(Graph graph, String message) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThatThrownBy(() -> exporter.write(graph, graph.initialParameters(1), out))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining(message);
    assertThat(out.size()).as("bytes written").isZero();
  }

  @Test
  void anOperationWithoutACounterpartIsNamed() {
    GraphBuilder g = new GraphBuilder("states");
    Value state = g.add(new Op.State("running", TensorType.float32(2), 0), List.of());
    g.output("y", g.relu(state));

    requireRefused(g.build(), "State[name=running");
  }
}
