package ser.conformance;

import java.util.Arrays;
import java.util.Map;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.tensor.Tensor;

/** A bidirectional LSTM of any batch and time, and clips of different lengths for it. */
final class LstmFixture {
  static final String HIDDEN = "hidden";
  static final String LOSS = "loss";

  /** The clips' lengths; the batch has more steps than the longest. */
  static final int[] LENGTHS = {5, 1, 0, 3};

  private static final int STEPS = 7;
  private static final int FEATURES = 3;
  private static final int HIDDEN_SIZE = 2;

  private LstmFixture() {}

  /** Outputs: the hidden states of both directions, and the sum of their squares. */
  static Graph graph() {
    Dim batch = Dim.symbol("batch");
    GraphBuilder g = new GraphBuilder("bidirectional lstm");
    Value x = g.input("x", TensorType.float32(batch, Dim.symbol("time"), Dim.of(FEATURES)));
    Value lengths = g.input("lengths", TensorType.int64(batch));
    Value hidden =
        g.concat(
            -1,
            lstm(g, Op.Direction.FORWARD, x, lengths),
            lstm(g, Op.Direction.REVERSE, x, lengths));
    g.output(HIDDEN, hidden);
    g.output(LOSS, g.sum(g.square(hidden), 0, 1, 2));
    return g.build();
  }

  private static Value lstm(GraphBuilder g, Op.Direction direction, Value x, Value lengths) {
    Initializer initializer = new Initializer.Uniform(1);
    int gates = Op.Lstm.GATES * HIDDEN_SIZE;
    return g.lstm(
        new Op.Lstm(HIDDEN_SIZE, direction),
        x,
        g.parameter(direction + ".input", initializer, gates, FEATURES),
        g.parameter(direction + ".recurrent", initializer, gates, HIDDEN_SIZE),
        g.parameter(direction + ".bias", initializer, gates),
        lengths);
  }

  /** All clips in one batch whose padding has one value. */
  static Map<String, Tensor> batch(long seed, float padding) {
    float[] x = new float[LENGTHS.length * STEPS * FEATURES];
    Arrays.fill(x, padding);
    for (int clip = 0; clip < LENGTHS.length; clip++) {
      float[] own = clip(seed, clip);
      System.arraycopy(own, 0, x, clip * STEPS * FEATURES, own.length);
    }
    return Map.of(
        "x",
        Tensor.of(x, LENGTHS.length, STEPS, FEATURES),
        "lengths",
        Tensor.of(Arrays.stream(LENGTHS).asLongStream().toArray(), LENGTHS.length));
  }

  /** One clip without padding. */
  static Map<String, Tensor> alone(long seed, int clip) {
    return Map.of(
        "x",
        Tensor.of(clip(seed, clip), 1, LENGTHS[clip], FEATURES),
        "lengths",
        Tensor.of(new long[] {LENGTHS[clip]}, 1));
  }

  private static float[] clip(long seed, int clip) {
    return Tensors.draw(seed + clip, -1, 1, LENGTHS[clip], FEATURES).floats();
  }

  /** The hidden states of one clip in the batch. */
  static float[] steps(Tensor hidden, int clip) {
    int size = STEPS * 2 * HIDDEN_SIZE;
    return Arrays.copyOfRange(hidden.floats(), clip * size, (clip + 1) * size);
  }

  /** The hidden states of a clip alone, and zeros up to the batch's steps. */
  static float[] padded(Tensor hidden) {
    return Arrays.copyOf(hidden.floats(), STEPS * 2 * HIDDEN_SIZE);
  }
}
