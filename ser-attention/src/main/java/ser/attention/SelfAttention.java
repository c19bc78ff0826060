package ser.attention;

import java.util.List;
import java.util.Optional;
import ser.api.SerException;
import ser.graph.ir.Dim;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.ScaledDotProductAttention;
import ser.graph.ir.Value;

/**
 * Multi-head self-attention with Focus- and Calibration-Attention, after Kim, An and Kim,
 * <i>Improving Speech Emotion Recognition Through Focus and Calibration Attention Mechanisms</i>
 * (2022).
 *
 * <p><b>Focus-Attention</b> adds a Gaussian bias to the scores, whose centre and width each query
 * predicts (Yang et al. 2018, equations 3–7; You et al. 2019). With L the clip's number of valid
 * steps:
 *
 * <pre>
 * g   = mean over the clip's valid steps of Q
 * c   = tanh(Q·W_p + g·W_g + b)
 * P   = L · sigmoid(c · u_p)            centre
 * Z   = max(L · sigmoid(c · u_z), ½)    width
 * G_ij = −2 (j − P_i)² / Z_i²
 * A   = softmax(Q·Kᵀ/√d + G + mask)
 * </pre>
 *
 * <p>{@link FocusBias} has other biases: a centre at the query's own position or at the clip's
 * loudest step, with a learnt shift; and the amplitude itself. With an initial width w of {@link
 * FocusSettings}, Z = L · sigmoid(c · u_z + ln(w / (1 − w))).
 *
 * <p><b>Calibration-Attention</b> weighs the heads. The paper's full text was not available; its
 * abstract says that it assigns different weights to the attention heads and improves the use of
 * the surrounding context. This is our reading of that: a squeeze-and-excitation gate (Hu et al.
 * 2018) over the heads, with local temporal context,
 *
 * <pre>
 * s   = mean and max of each head's output over the steps around
 * w   = 2 · sigmoid(MLP(s))             1 at the start of training
 * O_h ← w_h · O_h
 * </pre>
 *
 * before the output projection. At the start of training it therefore equals plain self-attention.
 *
 * <p>A second reading is CBAM (Woo et al. 2018, equations 1–3) over the heads, on the attention
 * maps ({@link CalibrationGate#CBAM_CHANNEL}, {@link CalibrationGate#CBAM}):
 *
 * <pre>
 * M_c = sigmoid(MLP(mean of A over T × T) + MLP(max of A over T × T))    for each head
 * A   ← M_c · A
 * M_s = sigmoid(7 × 7 convolution of [max over heads of A; mean over heads of A])
 * A   ← M_s · A
 * O_h = A_h · V_h
 * </pre>
 *
 * <p>Rows and columns of padding are 0, and means divide by L². Both gates are ½ at the start of
 * training. The gated rows of A do not sum to 1.
 *
 * @param output [B, T, D]
 * @param weights A, [B, H, T, T], after all gates on it: how much each step (third axis) attends to
 *     each (fourth)
 * @param centre P in steps, [B, H, T, 1]; with Focus-Attention by a Gaussian
 * @param width Z in steps, [B, H, T, 1]; with Focus-Attention by a Gaussian
 * @param gates w or M_c, [B, T, H]; with Calibration-Attention
 */
public record SelfAttention(
    Value output,
    Value weights,
    Optional<Value> centre,
    Optional<Value> width,
    Optional<Value> gates) {
  /** Name of the composite of a Focus-Attention, which {@link FocusFold} folds. */
  static final String FOCUS = "focus_attention";

  /** As {@link #FOCUS}, where the centre is an anchor within the clip plus a shift. */
  static final String ANCHORED_FOCUS = "anchored_focus_attention";

  private static final int SPATIAL_KERNEL = 7;

  /**
   * Adds a self-attention that needs no amplitude envelope to a graph.
   *
   * @param g the graph's builder
   * @param settings its variant and sizes
   * @param name prefix of its parameters' names
   * @param x [B, T, D]
   * @param mask [B, T], 1 on valid steps and 0 on padding
   * @return its results; {@link ser.graph.ir.Graph#select} removes those that are not used
   * @throws ser.graph.ir.GraphException when the shapes do not fit
   */
  public static SelfAttention build(
      GraphBuilder g, AttentionSettings settings, String name, Value x, Value mask) {
    return build(g, settings, name, x, mask, Optional.empty());
  }

  /**
   * Adds a self-attention to a graph.
   *
   * @param g the graph's builder
   * @param settings its variant and sizes
   * @param name prefix of its parameters' names
   * @param x [B, T, D]
   * @param mask [B, T], 1 on valid steps and 0 on padding
   * @param envelope natural logarithm of the RMS of each step, [B, T]; padding may hold any finite
   *     number
   * @return its results; {@link ser.graph.ir.Graph#select} removes those that are not used
   * @throws ser.api.SerException when the settings need the envelope and there is none
   * @throws ser.graph.ir.GraphException when the shapes do not fit
   */
  public static SelfAttention build(
      GraphBuilder g,
      AttentionSettings settings,
      String name,
      Value x,
      Value mask,
      Optional<Value> envelope) {
    if (settings.needsEnvelope() && envelope.isEmpty()) {
      throw new SerException(
          "The focus bias %s needs the amplitude envelope; expected features with it"
              .formatted(settings.focus().bias()));
    }
    return new Assembly(g, settings, name, mask, envelope).build(x);
  }

  private record Assembly(
      GraphBuilder g,
      AttentionSettings settings,
      String name,
      Value mask,
      Optional<Value> envelope) {
    private static final Initializer NEAR_ZERO = new Initializer.Normal(0.02);

    SelfAttention build(Value x) {
      int width = settings.width();
      Value q = Layers.linear(g, name + ".query", x, width);
      Value queries = heads(q);
      // No bias: softmax ignores what it would add to all scores of a query.
      Value keys = heads(Layers.linearWithoutBias(g, name + ".key", x, width));
      Value values = heads(Layers.linear(g, name + ".value", x, width));

      Value paddingMask =
          g.reshape(
              Layers.additiveMask(g, mask),
              mask.dim(0),
              Dim.of(1),
              Dim.of(1),
              mask.dim(1)); // [B, 1, 1, T]
      boolean gaussian = settings.variant().focus() && settings.focus().bias().isGaussian();
      Optional<FocusWindow> focus = gaussian ? Optional.of(focus(q)) : Optional.empty();
      Value keyBias =
          settings.variant().focus() && !gaussian
              ? g.add(amplitudeBias(), paddingMask)
              : paddingMask; // [B, 1 or H, 1, T]
      if (settings.gatesMaps()) {
        return gated(x, values, weights(queries, keys, scoreBias(focus, keyBias)), focus);
      }
      Value attended =
          focus.isPresent()
              ? g.composite(
                  settings.focus().bias() == FocusBias.LEARNT_CENTRE ? FOCUS : ANCHORED_FOCUS,
                  new FocusOperands<>(
                          queries,
                          keys,
                          values,
                          focus.get().centre(),
                          focus.get().width(),
                          focus.get().steps(),
                          paddingMask)
                      .list(),
                  Assembly::focused)
              : attend(queries, keys, values, keyBias); // [B, H, T, d]
      Value bias = scoreBias(focus, keyBias);
      Value joined = g.transpose(attended, 0, 2, 1, 3); // [B, T, H, d]
      Optional<Value> gates =
          settings.variant().calibration()
              ? Optional.of(gates(attended))
              : Optional.empty(); // [B, T, H]
      if (gates.isPresent()) {
        Value w = gates.get();
        joined = g.mul(joined, g.reshape(w, w.dim(0), w.dim(1), w.dim(2), Dim.of(1)));
      }
      return new SelfAttention(
          projected(x, joined),
          weights(queries, keys, bias),
          focus.map(FocusWindow::centreInSteps),
          focus.map(FocusWindow::widthInSteps),
          gates);
    }

    /** The bias of all scores, broadcast to [B, H, T, T]. */
    private Value scoreBias(Optional<FocusWindow> focus, Value keyBias) {
      return focus.isPresent() ? g.add(focus.get().bias(mask.dim(1)), keyBias) : keyBias;
    }

    /** The output projection of the heads' outputs [B, T, H, d]. */
    private Value projected(Value x, Value joined) {
      int width = settings.width();
      Value flat = g.reshape(joined, x.dim(0), x.dim(1), Dim.of(width));
      return Layers.linear(g, name + ".output", flat, width);
    }

    private static Value weights(Value queries, Value keys, Value bias) {
      return ScaledDotProductAttention.weights(queries, keys, Optional.of(bias));
    }

    /** CBAM over the heads of attention maps [B, H, T, T]. */
    private SelfAttention gated(Value x, Value values, Value maps, Optional<FocusWindow> focus) {
      Dim batch = mask.dim(0);
      Dim time = mask.dim(1);
      Dim one = Dim.of(1);
      Dim heads = Dim.of(settings.heads());
      Value rows = g.reshape(mask, batch, one, time, one);
      Value valid = g.mul(maps, g.mul(rows, g.reshape(mask, batch, one, one, time)));
      Value steps = g.sum(rows, 1, 2, 3);
      Value mean = g.div(g.sum(valid, 2, 3), g.max(g.square(steps), g.constant(1)));
      Value largest =
          g.reduce(Op.Reduction.MAX, g.reduce(Op.Reduction.MAX, valid, 3), 2); // [B, H, 1, 1]
      Value summaries =
          g.concat(1, g.reshape(mean, batch, one, heads), g.reshape(largest, batch, one, heads));
      Value logits = g.sum(calibrationMlp(summaries, settings.heads(), Initializer.ones()), 1);
      Value channel = g.sigmoid(logits); // [B, 1, H]
      Value gated = g.mul(valid, g.reshape(channel, batch, heads, one, one));
      if (settings.calibration() == CalibrationGate.CBAM) {
        gated = g.mul(gated, spatialGate(gated));
      }
      return new SelfAttention(
          projected(x, g.transpose(g.matMul(gated, values), 0, 2, 1, 3)),
          gated,
          focus.map(FocusWindow::centreInSteps),
          focus.map(FocusWindow::widthInSteps),
          Optional.of(forEachStep(channel)));
    }

    /** M_s of maps [B, H, T, T], [B, 1, T, T]. */
    private Value spatialGate(Value maps) {
      int size = SPATIAL_KERNEL;
      Value summaries =
          g.concat(
              1,
              g.reduce(Op.Reduction.MAX, maps, 1),
              g.reduce(Op.Reduction.MEAN, maps, 1)); // [B, 2, T, T]
      String prefix = name + ".calibration.spatial";
      return g.sigmoid(
          g.conv(
              new Op.Conv(List.of(1, 1), List.of(size / 2, size / 2), List.of(1, 1), 1),
              summaries,
              g.parameter(prefix + ".weight", Initializer.zeros(), 1, 2, size, size),
              g.parameter(prefix + ".bias", Initializer.zeros(), 1)));
    }

    /** a_h · ln(RMS_j), [B, H, 1, T]; 0 on padding. */
    private Value amplitudeBias() {
      Value slopes =
          g.parameter(name + ".focus.amplitude", Initializer.zeros(), settings.heads(), 1, 1);
      Value levels = g.mul(envelope.orElseThrow(), mask);
      return g.mul(slopes, g.reshape(levels, mask.dim(0), Dim.of(1), Dim.of(1), mask.dim(1)));
    }

    /** [B, T, D] to [B, H, T, d]. */
    private Value heads(Value x) {
      Dim heads = Dim.of(settings.heads());
      Dim each = Dim.of(settings.width() / settings.heads());
      return g.transpose(g.reshape(x, x.dim(0), x.dim(1), heads, each), 0, 2, 1, 3);
    }

    /** Predicts the window of each query. */
    private FocusWindow focus(Value q) {
      int width = settings.width();
      Value column = Layers.column(g, mask); // [B, T, 1]
      // A clip of length 0 counts as length 1, so that nothing divides by 0.
      Value length = g.max(g.sum(column, 1), g.constant(1)); // [B, 1, 1]
      Value mean = g.div(g.sum(g.mul(q, column), 1), length); // [B, 1, D]
      Value context =
          heads(
              g.tanh(
                  g.add(
                      Layers.linear(g, name + ".focus.query", q, width),
                      Layers.linearWithoutBias(g, name + ".focus.clip", mean, width))));
      FocusBias bias = settings.focus().bias();
      Initializer ofCentre = bias == FocusBias.LEARNT_CENTRE ? NEAR_ZERO : Initializer.zeros();
      Value centreLogit = logit("centre", ofCentre, context);
      Value centre =
          switch (bias) {
            case LOCAL_CENTRE -> g.add(ownPosition(steps(length)), shift(centreLogit));
            case PEAK_CENTRE -> g.add(peak(steps(length)), shift(centreLogit));
            case LEARNT_CENTRE, AMPLITUDE -> g.sigmoid(centreLogit);
          };
      Value widthLogit = logit("width", NEAR_ZERO, context);
      double offset = settings.focus().widthOffset();
      return new FocusWindow(
          centre,
          g.sigmoid(offset == 0 ? widthLogit : g.add(widthLogit, g.constant(offset))),
          steps(length));
    }

    /** L of each clip, [B, 1, 1] to [B, 1, 1, 1]. */
    private Value steps(Value length) {
      return g.reshape(length, length.dim(0), Dim.of(1), Dim.of(1), Dim.of(1));
    }

    /** A shift of up to half a clip, [B, H, T, 1]. */
    private Value shift(Value logit) {
      return g.scale(g.tanh(logit), 0.5);
    }

    /** i/L of each query, [B, 1, T, 1]; 1 on padding. */
    private Value ownPosition(Value steps) {
      Dim time = mask.dim(1);
      Value positions = g.reshape(g.range(time), time, Dim.of(1));
      return g.min(g.div(positions, steps), g.constant(1));
    }

    /** m/L of the clip's loudest step m, the mean of these where several are, [B, 1, 1, 1]. */
    private Value peak(Value steps) {
      Value levels = g.add(g.mul(envelope.orElseThrow(), mask), Layers.additiveMask(g, mask));
      Value isQuieter =
          g.compare(Op.Comparison.LESS, levels, g.reduce(Op.Reduction.MAX, levels, 1));
      Value loudest = g.mul(g.where(isQuieter, g.constant(0), g.constant(1)), mask); // [B, T]
      Value position =
          g.div(
              g.sum(g.mul(loudest, g.range(mask.dim(1))), 1),
              g.max(g.sum(loudest, 1), g.constant(1)));
      Dim one = Dim.of(1);
      return g.div(g.reshape(position, mask.dim(0), one, one, one), steps);
    }

    /** The body of {@link #FOCUS}. */
    private static Value focused(List<Value> operands) {
      FocusOperands<Value> o = FocusOperands.of(operands);
      GraphBuilder g = o.queries().builder();
      Value bias = new FocusWindow(o.centre(), o.width(), o.steps()).bias(o.keys().dim(2));
      return attend(o.queries(), o.keys(), o.values(), g.add(bias, o.paddingMask()));
    }

    private static Value attend(Value queries, Value keys, Value values, Value bias) {
      return ScaledDotProductAttention.attend(
          new ScaledDotProductAttention.Operands<>(queries, keys, values, Optional.of(bias)));
    }

    /**
     * c·u by head: [B, H, T, d] to [B, H, T, 1]. Its initial values are 0 or near it, so that
     * training starts with the initial width, and with windows at the anchor or, where there is
     * none, in the middle of the clip.
     */
    private Value logit(String which, Initializer initializer, Value context) {
      long heads = settings.heads();
      long each = settings.width() / heads;
      Value u = g.parameter(name + ".focus." + which, initializer, heads, each, 1); // [H, d, 1]
      return g.matMul(context, u);
    }

    /** The gates of Calibration-Attention: [B, H, T, d] to [B, T, H]. */
    private Value gates(Value attended) {
      int heads = settings.heads();
      Dim batch = attended.dim(0);
      Dim time = attended.dim(2);
      Value validSteps = g.reshape(mask, batch, Dim.of(1), time); // [B, 1, T]
      Value mean = g.reduce(Op.Reduction.MEAN, attended, 3);
      Value largest = g.reduce(Op.Reduction.MAX, attended, 3);
      Value means =
          localMean(g.mul(g.reshape(mean, batch, Dim.of(heads), time), validSteps), validSteps);
      Value maxima = localMaximum(g.reshape(largest, batch, Dim.of(heads), time), validSteps);
      Value summary = g.transpose(g.concat(1, means, maxima), 0, 2, 1); // [B, T or 1, 2H]
      Value logits = calibrationMlp(summary, settings.calibrationHidden(), Initializer.zeros());
      Value weights =
          settings.calibration() == CalibrationGate.HEAD_SOFTMAX
              ? g.scale(g.softmax(logits, -1), heads)
              : g.scale(g.sigmoid(logits), 2);
      return settings.calibration() == CalibrationGate.UTTERANCE ? forEachStep(weights) : weights;
    }

    /** Broadcasts the one row of a clip over its steps, [B, 1, H] to [B, T, H]. */
    private Value forEachStep(Value gates) {
      return g.mul(gates, g.add(g.scale(Layers.column(g, mask), 0), g.constant(1)));
    }

    /**
     * The MLP of a gate: [.., n] to [.., H]. The weights of its second layer are 0 at first, so
     * that all gates start equal.
     *
     * @param hiddenBias 1 where all inputs are positive, so that no hidden unit starts, and stays,
     *     at 0 for every clip
     */
    private Value calibrationMlp(Value summary, int hiddenWidth, Initializer hiddenBias) {
      String prefix = name + ".calibration";
      Value hidden =
          g.relu(
              g.add(
                  Layers.linearWithoutBias(g, prefix + ".hidden", summary, hiddenWidth),
                  g.parameter(prefix + ".hidden.bias", hiddenBias, hiddenWidth)));
      int heads = settings.heads();
      return g.add(
          g.matMul(
              hidden,
              g.parameter(prefix + ".gate.weight", Initializer.zeros(), hiddenWidth, heads)),
          g.parameter(prefix + ".gate.bias", Initializer.zeros(), heads));
    }

    /** Mean over the valid steps in a window around each step, or over all valid steps. */
    private Value localMean(Value x, Value validSteps) {
      if (settings.calibration() == CalibrationGate.UTTERANCE) {
        return g.div(g.sum(x, 2), g.max(g.sum(validSteps, 2), g.constant(1)));
      }
      Op.Pool window = window(Op.Pooling.AVERAGE);
      // Both averages count padding as zeros: their ratio is the mean over the valid steps.
      return g.mul(
          g.div(g.pool(window, x), g.max(g.pool(window, validSteps), g.constant(1e-6))),
          validSteps);
    }

    /** Maximum over the valid steps in a window around each step, or over all valid steps. */
    private Value localMaximum(Value x, Value validSteps) {
      Value candidates = g.add(x, Layers.additiveMask(g, validSteps));
      return settings.calibration() == CalibrationGate.UTTERANCE
          ? g.reduce(Op.Reduction.MAX, candidates, 2)
          : g.mul(g.pool(window(Op.Pooling.MAX), candidates), validSteps);
    }

    private Op.Pool window(Op.Pooling pooling) {
      int size = settings.calibrationWindow();
      return new Op.Pool(pooling, List.of(size), List.of(1), List.of(size / 2));
    }
  }
}
