package ser.attention;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.ScaledDotProductAttention;
import ser.graph.ir.Value;
import ser.graph.tensor.Tensor;

/**
 * Graph rewrite that folds the bias of Focus-Attention into the dot product. No tensor of T × T
 * elements remains outside the fused attention: an engine with a fused kernel then needs memory
 * linear in T.
 *
 * <p>With u_j = j/L − ½, p_i = P_i/L − ½ and r_i = L/Z_i, the Gaussian bias is
 *
 * <pre>
 * G_ij = −2 (j − P_i)² / Z_i² = −2r_i²·u_j² + 4r_i²p_i·u_j − 2r_i²p_i²
 * </pre>
 *
 * and softmax over j ignores the last term. The others are products of a factor of the query and a
 * factor of the key: two more columns of Q, (−2r², 4r²p), and of K, (u², u). The padding mask is a
 * third, (1, −10⁹ or 0). An amplitude bias is one row for each head and needs no fold. Gates on the
 * attention maps need the maps: such an attention stays as it is.
 *
 * <p><b>Limits.</b> The two terms are large and nearly cancel where a query attends to a narrow
 * window far from the clip's middle; the rounding error there is the error of the scores. Near a
 * window's centre, within 3Z, neither exceeds {@code 2(|p|r + 3)²}. The weights bound it: {@code c}
 * lies within ±1, so that {@code r ≤ 1 + exp(‖u_z‖₁ − ln(w / (1 − w)))} for the initial width w,
 * and {@code |p| ≤ ½·tanh(½‖u_p‖₁)}. Where the centre is an anchor within the clip plus a shift,
 * {@code |p| ≤ ½ + ½·tanh(‖u_p‖₁)}; such a window may lie outside the clip, where the larger term
 * is at most {@code 2r²|p|}. Up to {@value #LARGEST_TERM} the attention's output stays within 1e-5
 * of the unfolded one (measured: 4e-6 at 1,900, 8e-5 at 84,000, and no dependence on T for the same
 * r and p). Beyond it, and where the bound cannot be read from the graph, an attention is not
 * folded; nor is it when its weights, which are T × T, are an output. Gradients lose more digits
 * than outputs, because the two terms nearly cancel in the gradient of the width (2e-4 of an
 * element was measured at r = 12 and |p| = ½): train the unfolded graph. Positions are counted in
 * float32: a clip may have 2²⁴ steps.
 */
public final class FocusFold {
  /** The largest term of a score near the centre of a window for which the fold is used. */
  static final double LARGEST_TERM = 2048;

  /** Columns added to queries and keys: two for the bias, one for the padding mask. */
  private static final int ADDED = 3;

  /** Width of a vector register in float32 elements. */
  private static final int REGISTER = 8;

  private FocusFold() {}

  /**
   * Folds the Focus-Attentions of a graph.
   *
   * @param graph any graph; attentions whose weights are outputs need T × T memory in any case
   * @param weights a tensor for each parameter, from which the limits are computed
   * @return a graph with the same inputs, parameters and outputs, whose results differ by rounding
   * @throws ser.graph.ir.GraphException when the weights do not fit the graph
   */
  public static Graph fold(Graph graph, Map<String, Tensor> weights) {
    graph.checkParameters(weights);
    return graph.rewrite(
        (g, node, operands) ->
            node.op() instanceof Op.Composite composite
                    && isFocus(composite.name())
                    && largestTerm(graph, node, weights) <= LARGEST_TERM
                ? Optional.of(folded(g, FocusOperands.of(operands)))
                : Optional.empty());
  }

  private static boolean isFocus(String composite) {
    return composite.equals(SelfAttention.FOCUS) || composite.equals(SelfAttention.ANCHORED_FOCUS);
  }

  // ------------------------------------------------------------------------------------- bounds

  /** The bound of the terms of a score, the largest over the heads. */
  private static double largestTerm(Graph graph, Node focus, Map<String, Tensor> weights) {
    FocusOperands<Node> operands =
        FocusOperands.of(focus.operands().stream().map(graph.nodes()::get).toList());
    Optional<double[]> centre = largestOffset(graph, operands.centre(), weights);
    Optional<double[]> ratio = largestRatio(graph, operands.width(), weights);
    if (centre.isEmpty() || ratio.isEmpty()) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    for (int head = 0; head < centre.get().length; head++) {
      double p = centre.get()[head];
      double r = ratio.get()[head];
      double outside = p > 0.5 ? 2 * r * r * p : 0;
      largest = Math.max(largest, Math.max(2 * (p * r + 3) * (p * r + 3), outside));
    }
    return largest;
  }

  /** The largest |p| of each head, the distance of a centre from the clip's middle. */
  private static Optional<double[]> largestOffset(
      Graph graph, Node centre, Map<String, Tensor> weights) {
    if (isUnary(centre, Op.UnaryFunction.SIGMOID)) {
      return logits(graph, operand(graph, centre, 0), weights)
          .map(all -> Arrays.stream(all).map(logit -> Math.tanh(logit / 2) / 2).toArray());
    }
    // anchor + tanh(c·u) · ½
    return term(graph, centre, Op.BinaryFunction.ADD)
        .flatMap(shift -> factor(graph, shift, 0.5))
        .filter(shift -> isUnary(shift, Op.UnaryFunction.TANH))
        .flatMap(shift -> logits(graph, operand(graph, shift, 0), weights))
        .map(all -> Arrays.stream(all).map(logit -> 0.5 + Math.tanh(logit) / 2).toArray());
  }

  /** The largest r of each head, the clip's length in widths. */
  private static Optional<double[]> largestRatio(
      Graph graph, Node width, Map<String, Tensor> weights) {
    if (!isUnary(width, Op.UnaryFunction.SIGMOID)) {
      return Optional.empty();
    }
    Node logit = operand(graph, width, 0);
    double offset = 0;
    if (isBinary(logit, Op.BinaryFunction.ADD)
        && operand(graph, logit, 1).op() instanceof Op.Constant constant) {
      offset = constant.value();
      logit = operand(graph, logit, 0);
    }
    double added = offset;
    return logits(graph, logit, weights)
        .map(all -> Arrays.stream(all).map(each -> 1 + Math.exp(each - added)).toArray());
  }

  /** For a product c·u with c within ±1: the largest |c·u| of each head, ‖u‖₁. */
  private static Optional<double[]> logits(Graph graph, Node product, Map<String, Tensor> weights) {
    if (!(product.op() instanceof Op.MatMul)
        || !(operand(graph, product, 1).op() instanceof Op.Parameter parameter)
        || !isWithinOne(graph, operand(graph, product, 0))) {
      return Optional.empty();
    }
    Tensor u = Objects.requireNonNull(weights.get(parameter.name()));
    double[] norms = new double[(int) u.dim(0)]; // u is [H, d, 1]
    float[] elements = u.floats();
    for (int i = 0; i < elements.length; i++) {
      norms[i / (elements.length / norms.length)] += Math.abs(elements[i]);
    }
    return Optional.of(norms);
  }

  /** The second operand of a binary operation. */
  private static Optional<Node> term(Graph graph, Node node, Op.BinaryFunction function) {
    return isBinary(node, function) ? Optional.of(operand(graph, node, 1)) : Optional.empty();
  }

  /** The first operand of a product with a constant. */
  private static Optional<Node> factor(Graph graph, Node node, double constant) {
    return term(graph, node, Op.BinaryFunction.MUL)
        .filter(by -> by.op() instanceof Op.Constant found && found.value() == constant)
        .map(by -> operand(graph, node, 0));
  }

  private static boolean isBinary(Node node, Op.BinaryFunction function) {
    return node.op() instanceof Op.Binary binary && binary.function() == function;
  }

  private static boolean isWithinOne(Graph graph, Node node) {
    boolean moved = node.op() instanceof Op.Reshape || node.op() instanceof Op.Transpose;
    return moved
        ? isWithinOne(graph, operand(graph, node, 0))
        : isUnary(node, Op.UnaryFunction.TANH);
  }

  private static boolean isUnary(Node node, Op.UnaryFunction function) {
    return node.op() instanceof Op.Unary unary && unary.function() == function;
  }

  private static Node operand(Graph graph, Node node, int index) {
    return graph.nodes().get(node.operands().get(index));
  }

  // --------------------------------------------------------------------------------------- fold

  /** The fold of one attention. */
  private static Value folded(GraphBuilder g, FocusOperands<Value> o) {
    // The fused attention divides by the root of all columns.
    long headWidth = o.queries().dim(-1).size();
    long columns = (headWidth + ADDED + REGISTER - 1) / REGISTER * REGISTER;
    double root = Math.sqrt((double) columns);
    Value narrowest = g.div(g.constant(FocusWindow.NARROWEST), o.steps());
    Value ratio = g.div(g.constant(1), g.max(o.width(), narrowest)); // r
    Value square = g.square(ratio);
    List<Value> queryColumns =
        List.of(
            g.scale(o.queries(), root / Math.sqrt((double) headWidth)),
            g.scale(square, -2 * root),
            g.mul(g.scale(square, 4 * root), g.sub(o.centre(), g.constant(0.5))),
            g.add(g.scale(square, 0), g.constant(root)));
    Dim time = o.keys().dim(2);
    Dim heads = o.keys().dim(1);
    Value positions = g.div(g.reshape(g.range(time), time, Dim.of(1)), o.steps()); // [B, 1, T, 1]
    Value u = perHead(g, g.sub(positions, g.constant(0.5)), heads);
    Value mask = g.reshape(o.paddingMask(), o.paddingMask().dim(0), Dim.of(1), time, Dim.of(1));
    List<Value> keyColumns = List.of(o.keys(), g.square(u), u, perHead(g, mask, heads));
    long zeros = columns - headWidth - ADDED;
    return ScaledDotProductAttention.attend(
        new ScaledDotProductAttention.Operands<>(
            padded(g, queryColumns, zeros),
            padded(g, keyColumns, zeros),
            o.values(),
            Optional.empty()));
  }

  /** Concatenates columns, and zeros up to a whole number of vector registers. */
  private static Value padded(GraphBuilder g, List<Value> columns, long zeros) {
    List<Value> all = new ArrayList<>(columns);
    if (zeros > 0) {
      all.add(g.mul(g.scale(columns.get(1), 0), g.range(Dim.of(zeros))));
    }
    return g.concat(3, all.toArray(Value[]::new));
  }

  /** [B, 1, T, 1] to [B, H, T, 1]. */
  private static Value perHead(GraphBuilder g, Value x, Dim heads) {
    Value ones = g.add(g.scale(g.range(heads), 0), g.constant(1));
    return g.mul(x, g.reshape(ones, heads, Dim.of(1), Dim.of(1)));
  }
}
