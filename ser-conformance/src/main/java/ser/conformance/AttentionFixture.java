package ser.conformance;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import ser.attention.AttentionSettings;
import ser.attention.CalibrationGate;
import ser.attention.CldnnSettings;
import ser.attention.Encoder;
import ser.attention.EncoderSettings;
import ser.attention.FocusBias;
import ser.attention.FocusSettings;
import ser.attention.LossWeights;
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

/** The toolkit's attentions, encoders and CLDNN in small sizes, and clips as their inputs. */
final class AttentionFixture {
  static final String LOSS = Encoder.LOSS;
  static final int CLASSES = 3;
  private static final int DOMAINS = 2;

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
   * @param focus its bias
   * @param calibration its gate
   * @param frontEnd the layers before the attention of its encoder
   */
  record Kind(
      Variant variant, FocusSettings focus, CalibrationGate calibration, FrontEnd frontEnd) {
    Kind(Variant variant, CalibrationGate calibration) {
      this(variant, FocusSettings.defaults(), calibration, FrontEnd.CONVOLUTIONS);
    }

    private Kind withFocus(FocusBias bias, double initialWidth) {
      return new Kind(variant, new FocusSettings(bias, initialWidth), calibration, frontEnd);
    }

    private Kind withFrontEnd(FrontEnd other) {
      return new Kind(variant, focus, calibration, other);
    }

    /** {@return whether the training graph has the losses of the embeddings} */
    boolean hasEmbeddingLosses() {
      return frontEnd == FrontEnd.PROJECTION;
    }

    AttentionSettings settings() {
      return AttentionSettings.of(variant, WIDTH, HEADS)
          .withFocus(focus)
          .withCalibration(calibration, 3, 4);
    }

    /**
     * Whether windows begin half as wide as the clip: with narrow ones far from the clip's middle,
     * the terms of the fold nearly cancel in the gradient of the width.
     */
    private boolean isWide() {
      return focus.initialWidth() >= 0.5;
    }

    /**
     * With an alignment loss where there is an envelope, and the losses of the embeddings on a
     * projection.
     */
    Graph trainingEncoder() {
      EncoderSettings settings = encoder();
      LossWeights ofEmbeddings =
          hasEmbeddingLosses() ? new LossWeights(0, 0.3, 0.2, 0.4) : LossWeights.none();
      return Encoder.training(
          settings, ofEmbeddings.withAlignment(settings.envelope() ? 0.5 : 0), DOMAINS);
    }

    EncoderSettings encoder() {
      AttentionSettings settings = settings().withCalibration(calibration, 3, 6);
      EncoderSettings encoder =
          AttentionFixture.encoder(variant)
              .withAttention(settings)
              .withEnvelope(settings.needsEnvelope());
      return switch (frontEnd) {
        case CONVOLUTIONS -> encoder;
        case PROJECTION -> encoder.withProjection(BANDS, 2);
        case FUSION -> encoder.withFusion(6, 2);
      };
    }

    @Override
    public String toString() {
      String bias =
          focus.equals(FocusSettings.defaults())
              ? ""
              : " %s %s".formatted(focus.bias(), focus.initialWidth());
      return variant
          + bias
          + (variant.calibration() ? " " + calibration : "")
          + (frontEnd == FrontEnd.CONVOLUTIONS ? "" : " " + frontEnd);
    }
  }

  /** The front end of an encoder: the layers before its attention. */
  enum FrontEnd {
    CONVOLUTIONS,
    /** A projection of two layers without convolutions. */
    PROJECTION,
    /** Convolutions, and beside them a projection of two layers. */
    FUSION
  }

  /** Every variant, with every calibration where it has one, and every other bias. */
  static Stream<Kind> kinds() {
    Kind cbam = new Kind(Variant.FA_CA, CalibrationGate.CBAM);
    return Stream.of(
            calibrated(), otherBiases(), Stream.of(cbam.withFocus(FocusBias.PEAK_CENTRE, 0.1)))
        .flatMap(Function.identity());
  }

  /**
   * The encoders to be tested: every variant, every other bias, gates on the maps, and a projection
   * of the layers of a pretrained encoder, alone and beside convolutions.
   */
  static Stream<Kind> encoders() {
    return Stream.of(
            Arrays.stream(Variant.values())
                .map(variant -> new Kind(variant, CalibrationGate.WINDOWED)),
            otherBiases(),
            Stream.of(
                new Kind(Variant.CA, CalibrationGate.CBAM),
                new Kind(Variant.FA_CA, CalibrationGate.WINDOWED).withFrontEnd(FrontEnd.PROJECTION),
                new Kind(Variant.FA_CA, CalibrationGate.WINDOWED).withFrontEnd(FrontEnd.FUSION)))
        .flatMap(Function.identity());
  }

  private static Stream<Kind> otherBiases() {
    Kind focus = new Kind(Variant.FA, CalibrationGate.WINDOWED);
    return Stream.of(
        focus.withFocus(FocusBias.LEARNT_CENTRE, 0.1),
        focus.withFocus(FocusBias.LOCAL_CENTRE, 0.1),
        focus.withFocus(FocusBias.LOCAL_CENTRE, 0.5),
        focus.withFocus(FocusBias.PEAK_CENTRE, 0.5),
        focus.withFocus(FocusBias.AMPLITUDE, 0.5));
  }

  private static Stream<Kind> calibrated() {
    return Arrays.stream(Variant.values())
        .flatMap(
            variant ->
                Arrays.stream(CalibrationGate.values())
                    .limit(variant.calibration() ? CalibrationGate.values().length : 1)
                    .map(calibration -> new Kind(variant, calibration)));
  }

  /** The attentions that are folded. */
  static Stream<Kind> focused() {
    return kinds()
        .filter(
            kind ->
                kind.variant.focus()
                    && kind.focus.bias().isGaussian()
                    && !kind.settings().gatesMaps());
  }

  /** The folded attentions whose gradient keeps its digits. */
  static Stream<Kind> focusedWidely() {
    return focused().filter(Kind::isWide);
  }

  /** The encoders whose folded attentions keep the digits of their gradient. */
  static Stream<Kind> encodersFocusedWidely() {
    return encoders().filter(Kind::isWide);
  }

  /**
   * Weights under which a folded attention loses most: windows as narrow and as far from the middle
   * as the fold is used for, by queries that ask for all there are between both ends.
   */
  static Map<String, Tensor> atTheLimitOfTheFold(Kind kind, Graph graph, long seed) {
    Map<String, Tensor> weights = Tensors.weights(graph, seed);
    spread(weights, "a.focus.query.weight", 2);
    spread(weights, "a.focus.centre", 8);
    // 2(|p|r + 3)² is 2,048 at |p|r = 29: |p| is up to ½, or 1 where the centre is an anchor and a
    // shift.
    double ratio = kind.focus.bias() == FocusBias.LEARNT_CENTRE ? 58 : 29;
    double initial = kind.focus.initialWidth();
    spread(weights, "a.focus.width", Math.log(ratio - 1) + Math.log(initial / (1 - initial)));
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

  /**
   * A self-attention over x [batch, time, 8], whose first column is the envelope, and lengths
   * [batch]; all its results and a loss.
   */
  static Graph attention(Kind kind) {
    GraphBuilder g = new GraphBuilder("attention " + kind);
    Dim batch = Dim.symbol("batch");
    Dim time = Dim.symbol("time");
    Value x = g.input("x", TensorType.float32(batch, time, Dim.of(WIDTH)));
    Value mask = g.lengthMask(g.input(Encoder.LENGTHS, TensorType.int64(batch)), time);
    Optional<Value> envelope =
        kind.settings().needsEnvelope()
            ? Optional.of(g.reshape(g.slice(x, 2, 0, 1), batch, time))
            : Optional.empty();
    SelfAttention attention = SelfAttention.build(g, kind.settings(), "a", x, mask, envelope);
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

  /** A small CLDNN. */
  static CldnnSettings cldnn() {
    return new CldnnSettings(BANDS, CLASSES, 6, 4, 2, 3, 0.1);
  }

  /** Inputs of the inference graph of an encoder. */
  static Map<String, Tensor> features(long seed, int frames, int... lengths) {
    return clips(seed, Encoder.FEATURES, BANDS, frames, lengths);
  }

  /** Inputs of the inference graph of an encoder. */
  static Map<String, Tensor> features(Kind kind, long seed, int frames, int... lengths) {
    return clips(seed, Encoder.FEATURES, kind.encoder().columns(), frames, lengths);
  }

  /** Inputs of the training graph of an encoder: clip i is of class i modulo 3. */
  static Map<String, Tensor> labelled(long seed, int frames, int... lengths) {
    return labelled(features(seed, frames, lengths), lengths);
  }

  /** Inputs of a kind's training graph: clip i is of class i modulo 3 and domain i modulo 2. */
  static Map<String, Tensor> labelled(Kind kind, long seed, int frames, int... lengths) {
    Map<String, Tensor> inputs = labelled(features(kind, seed, frames, lengths), lengths);
    if (kind.hasEmbeddingLosses()) {
      inputs.put(Encoder.DOMAINS, oneHot(lengths.length, DOMAINS));
    }
    return inputs;
  }

  private static Map<String, Tensor> labelled(Map<String, Tensor> inputs, int... lengths) {
    inputs.put(Encoder.TARGETS, oneHot(lengths.length, CLASSES));
    return inputs;
  }

  /** Clip i is of class i modulo the number of classes. */
  private static Tensor oneHot(int clips, int classes) {
    Tensor targets = Tensor.zeros(DataType.FLOAT32, clips, classes);
    for (int clip = 0; clip < clips; clip++) {
      targets.floats()[clip * classes + clip % classes] = 1;
    }
    return targets;
  }
}
