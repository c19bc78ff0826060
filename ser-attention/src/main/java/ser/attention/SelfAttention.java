package ser.attention;

import java.util.List;
import java.util.Optional;
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
 * @param output [B, T, D]
 * @param weights A, [B, H, T, T]: how much each step (third axis) attends to each (fourth)
 * @param centre P in steps, [B, H, T, 1]; with Focus-Attention
 * @param width Z in steps, [B, H, T, 1]; with Focus-Attention
 * @param gates w, [B, T, H]; with Calibration-Attention
 */
public record SelfAttention(
    Value output,
    Value weights,
    Optional<Value> centre,
    Optional<Value> width,
    Optional<Value> gates) {
  /** Name of the composite of a Focus-Attention, which {@link FocusFold} folds. */
  static final String FOCUS = "focus_attention";

  /**
   * Adds a self-attention to a graph.
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
    return new Assembly(g, settings, name, mask).build(x);
  }

  private record Assembly(GraphBuilder g, AttentionSettings settings, String name, Value mask) {

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
      Optional<FocusWindow> focus =
          settings.variant().focus() ? Optional.of(focus(q)) : Optional.empty();
      Value attended =
          focus.isPresent()
              ? g.composite(
                  FOCUS,
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
              : attend(queries, keys, values, paddingMask); // [B, H, T, d]
      Value bias =
          focus.isPresent() ? g.add(focus.get().bias(queries.dim(2)), paddingMask) : paddingMask;
      Value joined = g.transpose(attended, 0, 2, 1, 3); // [B, T, H, d]
      Optional<Value> gates =
          settings.variant().calibration()
              ? Optional.of(gates(attended))
              : Optional.empty(); // [B, T, H]
      if (gates.isPresent()) {
        Value w = gates.get();
        joined = g.mul(joined, g.reshape(w, w.dim(0), w.dim(1), w.dim(2), Dim.of(1)));
      }
      Value flat = g.reshape(joined, x.dim(0), x.dim(1), Dim.of(width));
      return new SelfAttention(
          Layers.linear(g, name + ".output", flat, width),
          ScaledDotProductAttention.weights(queries, keys, Optional.of(bias)),
          focus.map(FocusWindow::centreInSteps),
          focus.map(FocusWindow::widthInSteps),
          gates);
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
      return new FocusWindow(
          g.sigmoid(logit("centre", context)),
          g.sigmoid(logit("width", context)),
          g.reshape(length, length.dim(0), Dim.of(1), Dim.of(1), Dim.of(1)));
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
     * c·u by head: [B, H, T, d] to [B, H, T, 1]. Its initial values are near 0, so that training
     * starts with windows in the middle of the clip, half as wide as it.
     */
    private Value logit(String which, Value context) {
      long heads = settings.heads();
      long each = settings.width() / heads;
      Value u =
          g.parameter(
              name + ".focus." + which, new Initializer.Normal(0.02), heads, each, 1); // [H, d, 1]
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
      Value hidden =
          g.relu(
              Layers.linear(
                  g, name + ".calibration.hidden", summary, settings.calibrationHidden()));
      // Zero weights: every gate is 1 at the start of training.
      Value logits =
          g.add(
              g.matMul(
                  hidden,
                  g.parameter(
                      name + ".calibration.gate.weight",
                      Initializer.zeros(),
                      settings.calibrationHidden(),
                      heads)),
              g.parameter(name + ".calibration.gate.bias", Initializer.zeros(), heads));
      Value weights =
          settings.calibration() == CalibrationGate.HEAD_SOFTMAX
              ? g.scale(g.softmax(logits, -1), heads)
              : g.scale(g.sigmoid(logits), 2);
      // Broadcasts the one row of a clip over its steps.
      return settings.calibration() == CalibrationGate.UTTERANCE
          ? g.mul(weights, g.add(g.scale(Layers.column(g, mask), 0), g.constant(1)))
          : weights;
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
