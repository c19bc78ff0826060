package ser.conformance;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import ser.attention.AttentionSettings;
import ser.attention.CalibrationGate;
import ser.attention.Encoder;
import ser.attention.EncoderSettings;
import ser.attention.SelfAttention;
import ser.attention.Variant;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/** The toolkit's attentions and encoders in small sizes, and clips as their inputs. */
final class AttentionFixture {
  static final String LOSS = Encoder.LOSS;
  static final int CLASSES = 3;

  private static final int WIDTH = 8;
  private static final int HEADS = 2;
  private static final int BANDS = 8;

  /** Value of the padding; a backend that reads it gives wrong results. */
  private static final float PADDING = 7;

  private AttentionFixture() {}

  /**
   * An attention to be tested.
   *
   * @param variant its mechanisms
   * @param calibration its gate
   */
  record Kind(Variant variant, CalibrationGate calibration) {
    @Override
    public String toString() {
      return variant.calibration() ? variant + " " + calibration : variant.toString();
    }
  }

  /** Every variant, with every calibration where it has one. */
  static Stream<Kind> kinds() {
    return Arrays.stream(Variant.values())
        .flatMap(
            variant ->
                Arrays.stream(CalibrationGate.values())
                    .limit(variant.calibration() ? CalibrationGate.values().length : 1)
                    .map(calibration -> new Kind(variant, calibration)));
  }

  /** The variants with Focus-Attention. */
  static Stream<Kind> focused() {
    return kinds().filter(kind -> kind.variant.focus());
  }

  /**
   * Weights under which a folded attention loses most: windows as narrow and as far from the middle
   * as the fold is used for, by queries that ask for all there are between both ends.
   */
  static Map<String, Tensor> atTheLimitOfTheFold(Graph graph, long seed) {
    Map<String, Tensor> weights = Tensors.weights(graph, seed);
    spread(weights, "a.focus.query.weight", 2);
    spread(weights, "a.focus.centre", 8);
    // Half of the largest term is left for the centre: 2(r/2 + 3)² is 2,048 at r = 58.
    spread(weights, "a.focus.width", Math.log(57));
    Arrays.fill(Tensors.get(weights, "a.focus.query.bias").floats(), 0);
    return weights;
  }

  /** Alternating signs, with the given sum of sizes in each head. */
  private static void spread(Map<String, Tensor> weights, String name, double norm) {
    float[] elements = Tensors.get(weights, name).floats();
    int each = WIDTH / HEADS;
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) (norm * 0.999 / each * (Integer.bitCount(i * 5) % 2 == 0 ? 1 : -1));
    }
  }

  /** A self-attention over x [batch, time, 8] and lengths [batch]; all its results and a loss. */
  static Graph attention(Kind kind) {
    GraphBuilder g = new GraphBuilder("attention " + kind);
    Dim batch = Dim.symbol("batch");
    Dim time = Dim.symbol("time");
    Value x = g.input("x", TensorType.float32(batch, time, Dim.of(WIDTH)));
    Value mask = g.lengthMask(g.input(Encoder.LENGTHS, TensorType.int64(batch)), time);
    AttentionSettings settings =
        AttentionSettings.of(kind.variant, WIDTH, HEADS).withCalibration(kind.calibration, 3, 4);
    SelfAttention attention = SelfAttention.build(g, settings, "a", x, mask);
    g.output("output", attention.output());
    g.output("weights", attention.weights());
    attention.centre().ifPresent(centre -> g.output("centre", centre));
    attention.width().ifPresent(width -> g.output("width", width));
    attention.gates().ifPresent(gates -> g.output("gates", gates));
    Value own = g.mul(g.square(attention.output()), g.reshape(mask, batch, time, Dim.of(1)));
    Value mean = g.reduce(Op.Reduction.MEAN, g.sum(own, 1), 2); // [batch, 1, 1]
    g.output(LOSS, g.sum(mean, 0, 1, 2));
    return g.build();
  }

  /** Clips for {@link #attention}, padded to the number of steps given. */
  static Map<String, Tensor> clips(long seed, int steps, int... lengths) {
    return clips(seed, "x", WIDTH, steps, lengths);
  }

  private static Map<String, Tensor> clips(
      long seed, String name, int columns, int steps, int... lengths) {
    Tensor clips = Tensor.zeros(DataType.FLOAT32, lengths.length, steps, columns);
    for (int clip = 0; clip < lengths.length; clip++) {
      int start = clip * steps * columns;
      SplittableRandom random = new SplittableRandom(seed + clip);
      for (int i = 0; i < steps * columns; i++) {
        boolean own = i < lengths[clip] * columns;
        clips.floats()[start + i] = own ? (float) random.nextDouble(-1, 1) : PADDING;
      }
    }
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put(name, clips);
    inputs.put(
        Encoder.LENGTHS,
        Tensor.of(Arrays.stream(lengths).asLongStream().toArray(), lengths.length));
    return inputs;
  }

  /** A small encoder with two blocks, which shortens time by 4. */
  static EncoderSettings encoder(Variant variant) {
    return EncoderSettings.of(variant, 64, CLASSES)
        .withConvolutions(List.of(3, 4), List.of(2, 1))
        .withBandsAndClasses(BANDS, CLASSES)
        .withAttention(
            AttentionSettings.of(variant, WIDTH, HEADS)
                .withCalibration(CalibrationGate.WINDOWED, 3, 6))
        .withBlocks(2)
        .withHiddenWidths(12, 5)
        .withDropout(0.1, 0.2);
  }

  /** Inputs of the inference graph of an encoder. */
  static Map<String, Tensor> features(long seed, int frames, int... lengths) {
    return clips(seed, Encoder.FEATURES, BANDS, frames, lengths);
  }

  /** Inputs of the training graph of an encoder: clip i is of class i modulo 3. */
  static Map<String, Tensor> labelled(long seed, int frames, int... lengths) {
    Map<String, Tensor> inputs = features(seed, frames, lengths);
    Tensor targets = Tensor.zeros(DataType.FLOAT32, lengths.length, CLASSES);
    for (int clip = 0; clip < lengths.length; clip++) {
      targets.floats()[clip * CLASSES + clip % CLASSES] = 1;
    }
    inputs.put(Encoder.TARGETS, targets);
    return inputs;
  }
}
