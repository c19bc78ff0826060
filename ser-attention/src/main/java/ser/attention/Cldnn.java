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
 * connection, two bidirectional LSTM layers, and a linear layer for each segment. The logits of a
 * clip are the mean over its segments.
 *
 * <p>A segment has {@value #SEGMENT} frames and begins {@value #HOP} frames behind the one before.
 * A clip's last segment is the first that reaches its end; what it has beyond the end is padding,
 * which changes nothing. Inputs and outputs are those of {@link Encoder}; {@link Encoder#ATTENTION}
 * is [batch, ⌈time/{@value #HOP}⌉], and a step of it has {@value #HOP} frames.
 */
public final class Cldnn {
  /** Frames of a segment. */
  public static final int SEGMENT = 50;

  /** Frames from the beginning of a segment to that of the next. */
  public static final int HOP = 10;

  private static final int MARGIN = SEGMENT - 1; // frames of padding on both sides of a batch
  private static final int KERNEL = MARGIN + SEGMENT;
  private static final int LAYERS = 2; // of convolutions and of LSTMs
  private static final int STRIDE = 4; // of both convolutions' poolings together

  private final CldnnSettings settings;
  private final boolean training;
  private final GraphBuilder g;
  private final Value features; // [B, T, columns]
  private final Value frameMask; // [B, T]
  private final Value lengths; // int64 [B], at most T

  private Cldnn(CldnnSettings settings, boolean training) {
    this.settings = settings;
    this.training = training;
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

  /**
   * Builds the inference graph.
   *
   * @param settings the sizes
   * @return inputs {@link Encoder#FEATURES} and {@link Encoder#LENGTHS}; outputs {@link
   *     Encoder#LOGITS}, {@link Encoder#PROBABILITIES} and {@link Encoder#ATTENTION}
   */
  public static Graph inference(CldnnSettings settings) {
    Cldnn cldnn = new Cldnn(settings, false);
    Value logits = cldnn.classify();
    cldnn.g.output(Encoder.PROBABILITIES, cldnn.g.softmax(logits, -1));
    return cldnn.g.build();
  }

  /**
   * Builds the training graph.
   *
   * @param settings the sizes
   * @return inputs {@link Encoder#FEATURES}, {@link Encoder#LENGTHS} and {@link Encoder#TARGETS};
   *     outputs {@link Encoder#LOGITS} and {@link Encoder#LOSS}
   */
  public static Graph training(CldnnSettings settings) {
    Cldnn cldnn = new Cldnn(settings, true);
    GraphBuilder g = cldnn.g;
    Value logits = cldnn.classify();
    Value targets = g.input(Encoder.TARGETS, logits.type());
    Value logLikelihood = g.sum(g.mul(g.logSoftmax(logits, -1), targets), 1);
    g.output(Encoder.LOSS, g.scale(g.reduce(Op.Reduction.MEAN, logLikelihood, 0), -1));
    return g.build();
  }

  private Value classify() {
    Value x = segments(); // [B, columns, S, frames]
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
    sequence = attention(sequence, mask, count);
    for (int layer = 0; layer < LAYERS; layer++) {
      sequence = g.dropout(bidirectional("lstm" + layer, sequence, steps), settings.dropout());
    }
    // Padding is 0: the sum over all steps is that over the valid ones.
    Value pooled =
        g.div(g.sum(sequence, 2), g.max(fourAxes(g.sum(mask, 2)), g.constant(1))); // [B, S, 1, 2H]
    Value bySegment =
        Layers.linear(
            g,
            "classifier",
            g.reshape(pooled, pooled.dim(0), segments, pooled.dim(3)),
            settings.classes());
    Value sum = g.sum(g.mul(bySegment, Layers.column(g, valid)), 1); // [B, 1, classes]
    Value logits =
        g.div(
            g.reshape(sum, sum.dim(0), sum.dim(2)),
            g.reshape(g.cast(count, DataType.FLOAT32), count.dim(0), Dim.of(1)));
    g.output(Encoder.LOGITS, logits);
    return logits;
  }

  /** The frames of each segment, [B, T, columns] to [B, columns, S, frames]; 0 beyond the clip. */
  private Value segments() {
    Value valid = g.mul(features, Layers.column(g, frameMask));
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

  /** 1 + ⌈(length − {@value #SEGMENT})/{@value #HOP}⌉ and at least 1, int64 [B]. */
  private Value segmentCount() {
    Value beyond = g.sub(lengths, g.int64(SEGMENT - 2L * HOP + 1));
    return g.max(g.div(beyond, g.int64(HOP)), g.int64(1));
  }

  /** How many of a segment's frames belong to the clip, int64 [B, S]; 0 for no segment. */
  private Value framesOfSegments(Dim segments, Value valid) {
    Value starts = g.mul(g.add(new Op.Range(segments, DataType.INT64), List.of()), g.int64(HOP));
    Value behind = g.sub(g.reshape(lengths, lengths.dim(0), Dim.of(1)), starts);
    Value frames = g.max(g.min(behind, g.int64(SEGMENT)), g.int64(0));
    return g.mul(frames, g.cast(valid, DataType.INT64));
  }

  /** int64 [B, S] to [B, S, time]. */
  private Value mask(Value steps, Dim time) {
    Value counts = g.reshape(steps, steps.dim(0), steps.dim(1), Dim.of(1));
    return g.compare(
        Op.Comparison.LESS, g.add(new Op.Range(time, DataType.INT64), List.of()), counts);
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

  /** x + attention(norm(x)) within each segment, [B, S, steps, channels]. */
  private Value attention(Value x, Value mask, Value count) {
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
    if (!training) {
      g.output(Encoder.ATTENTION, received(weights, mask, count));
    }
    Value attended = g.transpose(g.matMul(weights, values), 0, 1, 3, 2, 4);
    Value output =
        Layers.linear(
            g,
            "attention.output",
            g.reshape(attended, x.dim(0), x.dim(1), x.dim(2), x.dim(3)),
            settings.channels());
    return g.add(x, g.dropout(output, settings.dropout()));
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
   * The attention each hop of a clip received, mean over heads, valid queries and the clip's
   * segments, [B, S]; a step of a segment counts for the hop in which its centre lies.
   */
  private Value received(Value weights, Value mask, Value count) {
    Dim one = Dim.of(1);
    Value valid = g.reshape(mask, mask.dim(0), mask.dim(1), one, mask.dim(2), one);
    Value total = g.sum(g.mul(weights, valid), 2, 3); // [B, S, 1, 1, steps]
    Value queries = g.scale(g.max(g.sum(mask, 2), g.constant(1)), settings.heads());
    Value bySegment =
        g.div(g.reshape(total, mask.dim(0), mask.dim(1), mask.dim(2)), queries); // [B, S, steps]
    int hops = SEGMENT / HOP;
    Value centre = g.scale(g.range(mask.dim(2)), STRIDE); // in frames from the segment's beginning
    Value first = g.scale(g.range(Dim.of(hops)), -HOP); // of the hops, the last one first
    Value from = g.add(first, g.constant((double) (hops - 1) * HOP));
    Value column = g.reshape(centre, mask.dim(2), one);
    Value kernel =
        g.mul(
            g.compare(Op.Comparison.LESS_OR_EQUAL, from, column),
            g.compare(Op.Comparison.LESS, column, g.add(from, g.constant(HOP))));
    // Taps behind the segment's own hop are 0: a segment reaches forward alone.
    Value behind = g.mul(g.slice(kernel, 1, 0, hops - 1), g.constant(0));
    Value taps = g.reshape(g.concat(1, kernel, behind), one, mask.dim(2), Dim.of(2L * hops - 1));
    Value hopsReceived =
        g.conv(Op.Conv.of(1).withPadding(hops - 1), g.transpose(bySegment, 0, 2, 1), taps);
    Value byClip = g.reshape(g.cast(count, DataType.FLOAT32), count.dim(0), one);
    return g.div(g.reshape(hopsReceived, mask.dim(0), mask.dim(1)), byClip);
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
