package ser.conformance;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.attention.CalibrationGate;
import ser.attention.Encoder;
import ser.attention.FocusFold;
import ser.attention.Variant;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;
import ser.reference.DoubleArray;

/** Rules 6 of inference: sizes that each run binds anew, and padding that no result shows. */
@Tag("sizes")
abstract class SizeRules extends Area {
  /** Batch and time of runs that follow one another. */
  static final int[][] SIZES = {{2, 5}, {1, 1}, {3, 17}, {0, 4}, {2, 0}, {0, 0}, {7, 2}, {2, 5}};

  private static final int[] LENGTHS = {1, 2, 3, 4, 5, 7, 12, 31, 40};

  static Stream<AttentionFixture.Kind> kinds() {
    return AttentionFixture.kinds();
  }

  static Stream<AttentionFixture.Kind> encoders() {
    return AttentionFixture.encoders();
  }

  @Rule("6.1")
  @Test
  void oneCompiledGraphTakesAnyBatchAndTime() {
    Graph graph = LinearFixture.graph();
    Map<String, Tensor> weights = Tensors.weights(graph, seed());
    try (InferenceFunction function = backend().compile(graph, weights)) {
      for (int[] size : SIZES) {
        compare(function, graph, weights, LinearFixture.input(seed(), size[0], size[1]), size);
      }
    }
    graph =
        AttentionFixture.attention(
            new AttentionFixture.Kind(Variant.FA_CA, CalibrationGate.WINDOWED));
    weights = Tensors.weights(graph, seed());
    try (InferenceFunction function = backend().compile(graph, weights)) {
      for (int[] size : new int[][] {{3, 8}, {1, 1}, {0, 6}, {2, 13}, {3, 8}}) {
        int[] lengths = new int[size[0]];
        Arrays.setAll(lengths, clip -> Math.max(1, size[1] - clip));
        compare(function, graph, weights, AttentionFixture.clips(seed(), size[1], lengths), size);
      }
    }
  }

  private void compare(
      InferenceFunction function,
      Graph graph,
      Map<String, Tensor> weights,
      Map<String, Tensor> inputs,
      int[] size) {
    String what = about("%s, batch and time %s".formatted(graph.name(), Arrays.toString(size)));
    Closeness.assertClose(
        what,
        Reference.run(graph, weights, inputs),
        attempt(what, () -> function.run(inputs)),
        Closeness.FORWARD);
  }

  @Rule("6.2")
  @Test
  void sizesFollowThroughStrides() {
    GraphBuilder g = new GraphBuilder("strides");
    Dim batch = Dim.symbol("batch");
    Value x = g.input("x", TensorType.float32(batch, Dim.of(2), Dim.symbol("time")));
    Value lengths = g.input("lengths", TensorType.int64(batch));
    Op.Conv conv = new Op.Conv(List.of(2), List.of(1), List.of(1), 1);
    Op.Pool pool = new Op.Pool(Op.Pooling.MAX, List.of(3), List.of(2), List.of(1));
    Value short1 = g.conv(conv, x, g.parameter("w", Initializer.he(6), 3, 2, 3));
    Value short2 = g.pool(pool, short1);
    Dim steps = short2.dim(2);
    Value positions = g.reshape(g.range(steps), Dim.of(1), Dim.of(1), steps);
    Value mask = g.reshape(g.lengthMask(lengths, steps), batch, Dim.of(1), steps);
    g.output("y", g.mul(g.add(short2, positions), mask));
    g.output("flat", g.reshape(g.transpose(short2, 0, 2, 1), batch, Dim.of(3), steps));
    Graph graph = g.build();
    Map<String, Tensor> weights = Tensors.weights(graph, seed());
    try (InferenceFunction function = backend().compile(graph, weights)) {
      for (int time = 1; time <= 12; time++) {
        Map<String, Tensor> inputs =
            Map.of(
                "x", Tensors.draw(seed(), -1, 1, 2, 2, time),
                "lengths", Tensor.of(new long[] {1, (time + 3) / 4}, 2));
        compare(function, graph, weights, inputs, new int[] {2, time});
      }
    }
  }

  @Rule("6.3")
  @ParameterizedTest
  @MethodSource("kinds")
  void paddingDoesNotChangeWhatAClipAttendsTo(AttentionFixture.Kind kind) {
    Graph graph = AttentionFixture.attention(kind).select("output");
    checkPadding(kind, graph, Tensors.weights(graph, seed()));
  }

  static Stream<AttentionFixture.Kind> focused() {
    return AttentionFixture.focused();
  }

  @Rule("6.7")
  @ParameterizedTest
  @MethodSource("focused")
  void paddingDoesNotChangeWhatAFoldedAttentionAttendsTo(AttentionFixture.Kind kind) {
    Graph graph = AttentionFixture.attention(kind).select("output");
    Map<String, Tensor> weights = AttentionFixture.atTheLimitOfTheFold(kind, graph, seed());
    checkPadding(kind, FocusFold.fold(graph, weights), weights);
  }

  private void checkPadding(AttentionFixture.Kind kind, Graph graph, Map<String, Tensor> weights) {
    try (InferenceFunction function = backend().compile(graph, weights)) {
      int padded = LENGTHS[LENGTHS.length - 1] + 3;
      Tensor together =
          Tensors.get(function.run(AttentionFixture.clips(seed(), padded, LENGTHS)), "output");
      for (int clip = 0; clip < LENGTHS.length; clip++) {
        int length = LENGTHS[clip];
        Tensor alone =
            Tensors.get(
                function.run(AttentionFixture.clips(seed() + clip, length, length)), "output");
        Closeness.assertClose(
            about("%s: a clip of %d steps in a padded batch".formatted(kind, length)),
            alone,
            part(together, clip, length),
            Closeness.PADDING);
      }
    }
  }

  /** The first steps of one clip of [batch, time, ·] or [batch, ·]. */
  private static Tensor part(Tensor batch, int clip, int steps) {
    long[] shape = batch.shape();
    int each = (int) (batch.size() / shape[0]);
    int start = clip * each;
    shape[0] = 1;
    shape[1] = steps;
    int size = (int) Tensor.sizeOf(shape);
    return Tensor.of(Arrays.copyOfRange(batch.floats(), start, start + size), shape);
  }

  @Rule("6.4")
  @ParameterizedTest
  @MethodSource("encoders")
  void paddingDoesNotChangeAClipsResult(AttentionFixture.Kind kind) {
    Graph graph = Encoder.inference(kind.encoder());
    Map<String, Tensor> weights = Tensors.weights(graph, seed());
    try (InferenceFunction function = backend().compile(graph, weights)) {
      int padded = LENGTHS[LENGTHS.length - 1] + 5;
      Map<String, Tensor> together =
          function.run(AttentionFixture.features(kind, seed(), padded, LENGTHS));
      for (int clip = 0; clip < LENGTHS.length; clip++) {
        int length = LENGTHS[clip];
        String what = about("%s: a clip of %d frames in a padded batch".formatted(kind, length));
        Map<String, Tensor> alone =
            function.run(AttentionFixture.features(kind, seed() + clip, length, length));
        for (String output : List.of(Encoder.LOGITS, Encoder.PROBABILITIES)) {
          Closeness.assertClose(
              what + ": " + output,
              Tensors.get(alone, output),
              part(Tensors.get(together, output), clip, AttentionFixture.CLASSES),
              Closeness.PADDING);
        }
        Tensor attention = Tensors.get(together, Encoder.ATTENTION);
        int steps = (int) attention.dim(1);
        Tensor expected = Tensors.get(alone, Encoder.ATTENTION);
        Closeness.assertClose(
            what + ": attention, 0 on padding",
            new DoubleArray(Arrays.copyOf(DoubleArray.of(expected).elements(), steps), 1, steps),
            part(attention, clip, steps),
            Closeness.PADDING);
      }
    }
  }
}
