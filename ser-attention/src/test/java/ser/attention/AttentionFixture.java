package ser.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.Backend;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** A self-attention alone, all its results as outputs, and clips to run it on. */
final class AttentionFixture {
  static final int WIDTH = 8;
  static final int HEADS = 2;

  private AttentionFixture() {}

  static Graph graph(Variant variant, CalibrationGate gate) {
    return graph(AttentionSettings.of(variant, WIDTH, HEADS).withCalibration(gate, 3, 4));
  }

  /** Every kind of bias, and every gate, alone and some together. */
  static Stream<AttentionSettings> kinds() {
    AttentionSettings focus = AttentionSettings.of(Variant.FA, WIDTH, HEADS);
    Stream<AttentionSettings> biases =
        Arrays.stream(FocusBias.values())
            .map(bias -> focus.withFocus(FocusSettings.defaults().withBias(bias)));
    Stream<AttentionSettings> gates =
        Arrays.stream(CalibrationGate.values())
            .map(
                gate -> AttentionSettings.of(Variant.CA, WIDTH, HEADS).withCalibration(gate, 3, 4));
    FocusSettings narrowPeak = new FocusSettings(FocusBias.PEAK_CENTRE, 0.1);
    AttentionSettings both = AttentionSettings.of(Variant.FA_CA, WIDTH, HEADS);
    return Stream.of(
            Stream.of(AttentionSettings.of(Variant.MHSA, WIDTH, HEADS)),
            biases,
            gates,
            Stream.of(
                both,
                focus.withFocus(FocusSettings.defaults().withInitialWidth(0.1)),
                focus.withFocus(narrowPeak),
                both.withFocus(narrowPeak).withCalibration(CalibrationGate.CBAM, 3, 4)))
        .flatMap(Function.identity());
  }

  /** The biases that are Gaussians around an anchor. */
  static Stream<AttentionSettings> anchored() {
    return kinds()
        .filter(
            kind ->
                kind.variant() == Variant.FA
                    && kind.focus().bias().isGaussian()
                    && kind.focus().bias() != FocusBias.LEARNT_CENTRE);
  }

  /** An attention whose amplitude envelope is the first column of its input. */
  static Graph graph(AttentionSettings settings) {
    GraphBuilder g = new GraphBuilder("attention");
    Dim batch = Dim.symbol("batch");
    Dim time = Dim.symbol("time");
    Value x = g.input("x", TensorType.float32(batch, time, Dim.of(WIDTH)));
    Value mask = g.lengthMask(g.input("lengths", TensorType.int64(batch)), time);
    Value envelope = g.reshape(g.slice(x, 2, 0, 1), batch, time);
    SelfAttention attention = SelfAttention.build(g, settings, "a", x, mask, Optional.of(envelope));
    g.output("output", attention.output());
    g.output("weights", attention.weights());
    attention.centre().ifPresent(centre -> g.output("centre", centre));
    attention.width().ifPresent(width -> g.output("width", width));
    attention.gates().ifPresent(gates -> g.output("gates", gates));
    return g.build();
  }

  /**
   * Clips of the lengths given, padded to the steps given with values that must not change results.
   */
  static Map<String, Tensor> clips(long seed, int steps, int columns, int... lengths) {
    float[] elements = new float[lengths.length * steps * columns];
    long[] own = new long[lengths.length];
    for (int clip = 0; clip < lengths.length; clip++) {
      own[clip] = lengths[clip];
      SplittableRandom random = new SplittableRandom(seed + clip);
      for (int i = 0; i < steps * columns; i++) {
        elements[clip * steps * columns + i] =
            i < lengths[clip] * columns ? (float) random.nextDouble(-1, 1) : 7;
      }
    }
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put("x", Tensor.of(elements, lengths.length, steps, columns));
    inputs.put("lengths", Tensor.of(own, lengths.length));
    return inputs;
  }

  static Map<String, Tensor> run(
      Backend backend, Graph graph, Map<String, Tensor> weights, Map<String, Tensor> inputs) {
    try (InferenceFunction function = backend.compile(graph, weights)) {
      return function.run(inputs);
    }
  }

  static float[] floats(Map<String, Tensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name).floats();
  }

  /** Asserts that logits = W·embedding + b with the weights of the last layer. */
  static void requireLogitsOfEmbedding(
      Backend backend, Architecture architecture, Map<String, Tensor> inputs) {
    Graph graph = Encoder.inference(architecture);
    Map<String, Tensor> weights = graph.initialParameters(7);
    float[] weight = floats(weights, "classifier.weight");
    float[] bias = floats(weights, "classifier.bias");
    int size = architecture.embeddingSize();
    try (InferenceFunction encoder = backend.compile(graph, weights)) {
      Map<String, Tensor> outputs = encoder.run(inputs);
      float[] embedding = floats(outputs, Encoder.EMBEDDING);
      float[] logits = floats(outputs, Encoder.LOGITS);
      int classes = architecture.classes();
      assertThat(embedding).hasSize(logits.length / classes * size);
      float[] expected = new float[logits.length];
      for (int i = 0; i < expected.length; i++) {
        double sum = bias[i % classes];
        for (int element = 0; element < size; element++) {
          sum +=
              (double) weight[element * classes + i % classes]
                  * embedding[i / classes * size + element];
        }
        expected[i] = (float) sum;
      }
      assertThat(logits).containsExactly(expected, within(1e-5f));
    }
  }
}
