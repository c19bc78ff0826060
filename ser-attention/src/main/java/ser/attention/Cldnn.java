package ser.attention;

import java.util.List;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.tensor.DataType;

/**
 * Convolutional, long short-term memory, deep neural network (Sainath et al. 2015) with
 * self-attention, over overlapping segments: two convolutions over time, attention with a residual
 * connection, two bidirectional LSTM layers, and a linear layer, whose input is the mean over the
 * segments: the logits of a clip are the mean of those of its segments.
 *
 * <p>The features of a frame are mel-frequency cepstral coefficients: the orthonormal DCT-II of the
 * standardised log-mel bands (Davis and Mermelstein 1980).
 *
 * <p>A segment has {@value #SEGMENT} frames and begins {@value #HOP} frames behind the one before.
 * A clip's last segment is the first that reaches its end; what it has beyond the end is padding,
 * which changes nothing. Inputs and outputs are those of {@link Encoder}; {@link Encoder#ATTENTION}
 * is [batch, ⌈time/{@value #HOP}⌉], and a step of it has {@value #HOP} frames.
 */
final class Cldnn {
  private static final int SEGMENT = CldnnSettings.SEGMENT;
  private static final int HOP = CldnnSettings.HOP;
  private static final int MARGIN = SEGMENT - 1; // frames of padding on both sides of a batch
  private static final int KERNEL = MARGIN + SEGMENT;
  private static final int LAYERS = 2; // of convolutions and of LSTMs
  private static final int STRIDE = 4; // of both convolutions' poolings together

  private final CldnnSettings settings;
  private final GraphBuilder g;
  private final Value features; // [B, T, bands]
  private final Value frameMask; // [B, T]
  private final Value lengths; // int64 [B], at most T

  private Cldnn(CldnnSettings settings) {
    this.settings = settings;
    this.g = new GraphBuilder("cldnn");
    Dim batch = Dim.symbol("batch");
    this.features =
        g.input(
            Encoder.FEATURES,
            TensorType.float32(batch, Dim.symbol("time"), Dim.of(settings.columns())));
    this.frameMask =
        g.lengthMask(g.input(Encoder.LENGTHS, TensorType.int64(batch)), features.dim(1));
    this.lengths = g.cast(g.reshape(g.sum(frameMask, 1), batch), DataType.INT64);
  }

  /** Builds the graph of {@link Encoder#inference}. */
  static Graph inference(CldnnSettings settings) {
    Cldnn cldnn = new Cldnn(settings);
    cldnn.inference();
    return cldnn.g.build();
  }

  /** Builds the graph of {@link Encoder#diagnostics}. */
  static Graph diagnostics(CldnnSettings settings) {
    Cldnn cldnn = new Cldnn(settings);
    cldnn.g.output(Encoder.RECEIVED, cldnn.inference());
    return cldnn.g.build();
  }

  /** Builds the graph of {@link Encoder#training}. */
  static Graph training(CldnnSettings settings) {
    Cldnn cldnn = new Cldnn(settings);
    GraphBuilder g = cldnn.g;
    Value logits = cldnn.classify().logits();
    Value targets = g.input(Encoder.TARGETS, logits.type());
    g.output(Encoder.LOSS, Layers.crossEntropy(g, logits, targets));
    return g.build();
  }

  /** Outputs logits, probabilities and the attention; returns that of each head, [B, H, hops]. */
  private Value inference() {
    Classification classification = classify();
    g.output(Encoder.PROBABILITIES, g.softmax(classification.logits(), -1));
    Value received = received(classification);
    Value mean = g.reduce(Op.Reduction.MEAN, received, 1); // [B, 1, hops]
    g.output(Encoder.ATTENTION, g.reshape(mean, mean.dim(0), mean.dim(2)));
    g.output(Encoder.EMBEDDING, classification.embedding());
    return received;
  }

  /**
   * The result, and what the attention received is computed from.
   *
   * @param logits [B, classes]
   * @param embedding [B, 2H]
   * @param weights of the attention, [B, S, H, steps, steps]
   * @param mask of the segments' steps, [B, S, steps]
   * @param count segments of each clip, int64 [B]
   */
  private record Classification(
      Value logits, Value embedding, Value weights, Value mask, Value count) {}

  /**
   * The attention's result.
   *
   * @param sequence [B, S, steps, channels]
   * @param weights [B, S, H, steps, steps]
   */
  private record Attended(Value sequence, Value weights) {}

  private Classification classify() {
    Value x = segments(); // [B, coefficients, S, frames]
    Dim segments = x.dim(2);
    Value count = segmentCount();
    Value valid = g.lengthMask(count, segments); // [B, S]
    Value steps = framesOfSegments(segments, valid); // int64 [B, S]
    for (int layer = 0; layer < LAYERS; layer++) {
      x = convolution("conv" + layer, x, steps);
      steps = g.div(g.add(steps, g.int64(1)), g.int64(2));
    }
    Value sequence = g.transpose(x, 0, 2, 3, 1); // [B, S, steps, channels]
    Value mask = mask(steps, sequence.dim(2)); // [B, S, steps]
    Attended attended = attention(sequence, mask);
    sequence = attended.sequence();
    for (int layer = 0; layer < LAYERS; layer++) {
      sequence = g.dropout(bidirectional("lstm" + layer, sequence, steps), settings.dropout());
    }
    // Padding is 0: the sum over all steps is that over the valid ones.
    Value pooled =
        g.div(g.sum(sequence, 2), g.max(fourAxes(g.sum(mask, 2)), g.constant(1))); // [B, S, 1, 2H]
    Value sum = g.sum(pooled, 1, 2); // [B, 1, 1, 2H]; 0 for no segment
    Value embedding =
        g.div(
            g.reshape(sum, sum.dim(0), sum.dim(3)),
            g.reshape(g.cast(count, DataType.FLOAT32), count.dim(0), Dim.of(1)));
    Value logits = Layers.linear(g, Encoder.CLASSIFIER, embedding, settings.classes());
    g.output(Encoder.LOGITS, logits);
    return new Classification(logits, embedding, attended.weights(), mask, count);
  }

  /**
   * The cepstral coefficients of each segment's frames, [B, T, bands] to [B, coefficients, S,
   * frames]; 0 beyond the clip.
   */
  private Value segments() {
    Value cepstrum =
        g.matMul(features, cosineTransform(g, settings.bands(), settings.coefficients()));
    Value valid = g.mul(cepstrum, Layers.column(g, frameMask));
    Value image = g.reshape(valid, valid.dim(0), Dim.of(1), valid.dim(1), valid.dim(2));
    // One kernel for each frame of a segment, with 1 at that frame. Its first half is 0, because as
    // much padding lies before the clip as behind it. One segment begins at each hop of the batch.
    Value frame = g.reshape(g.range(Dim.of(SEGMENT)), Dim.of(SEGMENT), Dim.of(1));
    Value tap = g.sub(g.range(Dim.of(KERNEL)), g.constant(MARGIN));
    Value kernels =
        g.reshape(
            g.compare(Op.Comparison.EQUAL, frame, tap),
            Dim.of(SEGMENT),
            Dim.of(1),
            Dim.of(KERNEL),
            Dim.of(1));
    Op.Conv unfold = Op.Conv.of(2).withStrides(HOP, 1).withPadding(MARGIN, 0);
    return g.transpose(g.conv(unfold, image, kernels), 0, 3, 2, 1);
  }

  /**
   * The orthonormal DCT-II, [bands, coefficients]: √(2/N)·cos(πk(2n+1)/(2N)) for band n of N and
   * coefficient k, and √(1/N) for k = 0.
   */
  static Value cosineTransform(GraphBuilder g, int bands, int coefficients) {
    Dim n = Dim.of(bands);
    Dim k = Dim.of(coefficients);
    Value odd = g.add(g.mul(g.int64Range(n), g.int64(2)), g.int64(1));
    Value product = g.mul(g.reshape(odd, n, Dim.of(1)), g.int64Range(k));
    // Whole turns are taken off exactly: float32 is coarse at large angles.
    Value turn = g.int64(4L * bands);
    Value rest = g.sub(product, g.mul(g.div(product, turn), turn));
    Value angle = g.scale(g.cast(rest, DataType.FLOAT32), Math.PI / (2.0 * bands));
    Value scale =
        g.where(
            g.compare(Op.Comparison.EQUAL, g.range(k), g.constant(0)),
            g.constant(Math.sqrt(1.0 / bands)),
            g.constant(Math.sqrt(2.0 / bands)));
    return g.mul(g.cos(angle), scale);
  }

  /** 1 + ⌈(length − {@value #SEGMENT})/{@value #HOP}⌉ and at least 1, int64 [B]. */
  private Value segmentCount() {
    Value beyond = g.sub(lengths, g.int64(SEGMENT - 2L * HOP + 1));
    return g.max(g.div(beyond, g.int64(HOP)), g.int64(1));
  }

  /** The number of a segment's frames within the clip, int64 [B, S]; 0 for no segment. */
  private Value framesOfSegments(Dim segments, Value valid) {
    Value starts = g.mul(g.int64Range(segments), g.int64(HOP));
    Value behind = g.sub(g.reshape(lengths, lengths.dim(0), Dim.of(1)), starts);
    Value frames = g.max(g.min(behind, g.int64(SEGMENT)), g.int64(0));
    return g.mul(frames, g.cast(valid, DataType.INT64));
  }

  /** int64 [B, S] to [B, S, time]. */
  private Value mask(Value steps, Dim time) {
    Value counts = g.reshape(steps, steps.dim(0), steps.dim(1), Dim.of(1));
    return g.compare(Op.Comparison.LESS, g.int64Range(time), counts);
  }

  /** [B, S, n] to [B, S, n, 1]. */
  private Value fourAxes(Value x) {
    return g.reshape(x, x.dim(0), x.dim(1), x.dim(2), Dim.of(1));
  }

  /**
   * Convolution over the frames of each segment, layer normalisation over channels, ReLU, and max
   * pooling that halves time; windows are centred on a step. [B, C, S, T] to [B, channels, S,
   * ⌈T/2⌉].
   */
  private Value convolution(String name, Value x, Value steps) {
    long inputs = x.dim(1).size();
    long outputs = settings.channels();
    Value weight = g.parameter(name + ".weight", Initializer.he(inputs * 5), outputs, inputs, 1, 5);
    Value convolved = g.conv(Op.Conv.of(2).withPadding(0, 2), x, weight);
    Value normal = g.relu(Layers.layerNorm(g, name + ".norm", g.transpose(convolved, 0, 2, 3, 1)));
    Value clean = g.mul(normal, fourAxes(mask(steps, normal.dim(2))));
    Op.Pool halve = new Op.Pool(Op.Pooling.MAX, List.of(1, 3), List.of(1, 2), List.of(0, 1));
    return g.dropout(g.pool(halve, g.transpose(clean, 0, 3, 1, 2)), settings.dropout());
  }

  /** x + attention(norm(x)) within each segment. */
  private Attended attention(Value x, Value mask) {
    Value normal = Layers.layerNorm(g, "attention.norm", x);
    Value queries = heads(Layers.linear(g, "attention.query", normal, settings.channels()));
    // No bias: softmax over keys ignores what is the same for all.
    Value keys = heads(Layers.linearWithoutBias(g, "attention.key", normal, settings.channels()));
    Value values = heads(Layers.linear(g, "attention.value", normal, settings.channels()));
    Dim one = Dim.of(1);
    Value bias =
        g.reshape(Layers.additiveMask(g, mask), mask.dim(0), mask.dim(1), one, one, mask.dim(2));
    double scale = Math.sqrt((double) settings.heads() / settings.channels());
    Value scores = g.scale(g.matMul(queries, g.transpose(keys, 0, 1, 2, 4, 3)), scale);
    Value weights = g.softmax(g.add(scores, bias), -1); // [B, S, H, steps, steps]
    Value attended = g.transpose(g.matMul(weights, values), 0, 1, 3, 2, 4);
    Value output =
        Layers.linear(
            g,
            "attention.output",
            g.reshape(attended, x.dim(0), x.dim(1), x.dim(2), x.dim(3)),
            settings.channels());
    return new Attended(g.add(x, g.dropout(output, settings.dropout())), weights);
  }

  /** [B, S, steps, channels] to [B, S, H, steps, channels/H]. */
  private Value heads(Value x) {
    long heads = settings.heads();
    Value split =
        g.reshape(
            x, x.dim(0), x.dim(1), x.dim(2), Dim.of(heads), Dim.of(settings.channels() / heads));
    return g.transpose(split, 0, 1, 3, 2, 4);
  }

  /**
   * The attention each hop of a clip received from each head, mean over valid queries and the
   * clip's segments, [B, H, S]; a step of a segment counts for the hop in which its centre lies.
   */
  private Value received(Classification of) {
    Value mask = of.mask();
    Dim one = Dim.of(1);
    Dim steps = mask.dim(2);
    Dim heads = Dim.of(settings.heads());
    Value valid = g.reshape(mask, mask.dim(0), mask.dim(1), one, steps, one);
    Value total = g.sum(g.mul(of.weights(), valid), 3); // [B, S, H, 1, steps]
    Value bySegment = g.reshape(total, mask.dim(0), mask.dim(1), heads, steps);
    Value queries = fourAxes(g.max(g.sum(mask, 2), g.constant(1)));
    Value shares = g.transpose(g.div(bySegment, queries), 0, 2, 3, 1); // [B, H, steps, S]
    // A kernel for each head, which takes each step of the segments to its hop.
    int hops = SEGMENT / HOP;
    Value centre = g.scale(g.range(steps), STRIDE); // in frames from the segment's beginning
    Value first = g.scale(g.range(Dim.of(hops)), -HOP); // of the hops, the last one first
    Value from = g.add(first, g.constant((double) (hops - 1) * HOP));
    Value column = g.reshape(centre, steps, one);
    Value kernel =
        g.mul(
            g.compare(Op.Comparison.LESS_OR_EQUAL, from, column),
            g.compare(Op.Comparison.LESS, column, g.add(from, g.constant(HOP))));
    // Taps behind the segment's own hop are 0: a segment reaches forward alone.
    Value behind = g.mul(g.slice(kernel, 1, 0, hops - 1), g.constant(0));
    Value taps = g.concat(1, kernel, behind); // [steps, taps]
    Value none = g.scale(g.reshape(g.range(heads), heads, one, one), 0);
    Op.Conv byHead = Op.Conv.of(1).withPadding(hops - 1).withGroups(settings.heads());
    Value received =
        g.conv(
            byHead,
            g.reshape(shares, mask.dim(0), Dim.of(settings.heads() * steps.size()), mask.dim(1)),
            g.add(none, taps));
    Value byClip = g.reshape(g.cast(of.count(), DataType.FLOAT32), of.count().dim(0), one, one);
    return g.div(received, byClip);
  }

  /** [B, S, steps, D] to [B, S, steps, 2H]. */
  private Value bidirectional(String name, Value x, Value steps) {
    return g.concat(
        -1,
        lstm(name + ".forward", Op.Direction.FORWARD, x, steps),
        lstm(name + ".reverse", Op.Direction.REVERSE, x, steps));
  }

  private Value lstm(String name, Op.Direction direction, Value x, Value steps) {
    long gates = (long) Op.Lstm.GATES * settings.hidden();
    Initializer initializer = new Initializer.Uniform(1 / Math.sqrt(settings.hidden()));
    return g.lstm(
        new Op.Lstm(settings.hidden(), direction),
        x,
        g.parameter(name + ".input", initializer, gates, x.dim(-1).size()),
        g.parameter(name + ".recurrent", initializer, gates, settings.hidden()),
        g.parameter(name + ".bias", initializer, gates),
        steps);
  }
}
