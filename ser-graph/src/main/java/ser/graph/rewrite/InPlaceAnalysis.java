package ser.graph.rewrite;

import java.util.BitSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.tensor.DataType;

/**
 * In-place analysis: which elementwise operations may write their result over an operand instead of
 * allocating memory.
 *
 * <p>An operand may be overwritten when its value lies in memory of its own (it is neither a leaf
 * nor a view), nothing else reads it, operand and result have the same float32 type, and, in
 * training, no gradient is computed from the value that would be lost.
 */
public final class InPlaceAnalysis {
  /** Functions whose gradient is computed from the result, or from nothing. */
  private static final Set<Op.UnaryFunction> GRADIENT_FROM_RESULT =
      Set.of(
          Op.UnaryFunction.NEG,
          Op.UnaryFunction.EXP,
          Op.UnaryFunction.RECIPROCAL,
          Op.UnaryFunction.RELU,
          Op.UnaryFunction.SIGMOID,
          Op.UnaryFunction.SQRT,
          Op.UnaryFunction.TANH);

  private final Graph graph;
  private final @Nullable GradientReach gradients; // null in inference
  private final BitSet expendable = new BitSet();

  private InPlaceAnalysis(Graph graph, @Nullable GradientReach gradients) {
    this.graph = graph;
    this.gradients = gradients;
    int[] uses = Uses.count(graph);
    for (Node node : graph.nodes()) {
      expendable.set(node.id(), uses[node.id()] == 1 && isExpendable(node.op()));
    }
  }

  /**
   * Analyses a graph that is run without gradients.
   *
   * @param graph what is compiled
   * @return the analysis of its nodes
   */
  public static InPlaceAnalysis forInference(Graph graph) {
    return new InPlaceAnalysis(graph, null);
  }

  /**
   * Analyses a graph whose values an engine's automatic differentiation keeps for the backward
   * pass. The engine is taken to keep what PyTorch keeps: the operands of products, quotients and
   * window operations, and the results of unary functions where these suffice.
   *
   * @param graph what is compiled
   * @param gradients the graph's gradient reach
   * @return the analysis of its nodes
   */
  public static InPlaceAnalysis forTraining(Graph graph, GradientReach gradients) {
    return new InPlaceAnalysis(graph, gradients);
  }

  /**
   * Returns whether an operation may write its result over one of its operands.
   *
   * @param node a node of the graph
   * @param operand the operand's position
   * @return always false for operations other than {@link Op.Unary} and {@link Op.Binary}
   */
  public boolean mayOverwrite(Node node, int operand) {
    boolean elementwise = node.op() instanceof Op.Unary || node.op() instanceof Op.Binary;
    Node x = graph.nodes().get(node.operands().get(operand));
    return elementwise
        && expendable.get(x.id())
        && x.type().equals(node.type())
        && node.type().dataType() == DataType.FLOAT32
        && (gradients == null || !isKept(node, operand, gradients));
  }

  /**
   * Whether a result lies in memory of its own and its own gradient is not computed from it. The
   * results of unary functions are thus overwritten in inference only. False is always safe.
   */
  private boolean isExpendable(Op op) {
    return switch (op.family()) {
      case WINDOW, CONTRACTION -> true;
      case ELEMENTWISE -> op instanceof Op.Binary || (op instanceof Op.Unary && gradients == null);
      case NORMALIZATION -> op instanceof Op.LayerNorm;
      case LEAF, LAYOUT, REDUCTION, RECURRENCE, MASK, COMPOSITE -> false;
    };
  }

  /** Returns true if the gradient of an elementwise operation is computed from an operand. */
  private static boolean isKept(Node node, int operand, GradientReach gradients) {
    if (node.op() instanceof Op.Unary unary) {
      return !GRADIENT_FROM_RESULT.contains(unary.function());
    }
    return switch (((Op.Binary) node.op()).function()) {
      case ADD, SUB -> false;
      case MUL -> gradients.reachesParameter(node, 1 - operand);
      // The divisor's gradient is computed from both, the dividend's from the divisor.
      case DIV ->
          gradients.reachesParameter(node, 1)
              || (operand == 1 && gradients.reachesParameter(node, 0));
      case MAX, MIN -> true;
    };
  }
}
