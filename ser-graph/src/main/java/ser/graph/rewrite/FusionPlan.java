package ser.graph.rewrite;

import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;

/**
 * Operator fusion: pairs of operations that an engine may compute as one. The graph stays as it is;
 * a compiler emits one engine call for the node at {@link #patternAt} and none for the node that is
 * {@link #isFused fused} into it.
 *
 * <p>A node is fused into the operation that reads it only when nothing else reads it and it is no
 * output, so that its value is needed nowhere.
 */
public final class FusionPlan {

  /**
   * A pair of operations that is fused: the first operand's operation and the one that reads it.
   */
  public enum Pattern {
    /** Σ x² along axes: {@code Reduce SUM} of {@code Unary SQUARE}. */
    SUM_OF_SQUARES {
      @Override
      boolean matches(Graph graph, Node node, Node first) {
        return node.op() instanceof Op.Reduce reduce
            && reduce.reduction() == Op.Reduction.SUM
            && first.op() instanceof Op.Unary unary
            && unary.function() == Op.UnaryFunction.SQUARE;
      }
    },

    /**
     * x · factor + offset for each channel: {@code Binary ADD} of {@code Binary MUL}, with x [B, C,
     * height, width] and factor and offset [1, C, 1, 1].
     */
    CHANNEL_AFFINE {
      @Override
      boolean matches(Graph graph, Node node, Node first) {
        return node.op() instanceof Op.Binary sum
            && sum.function() == Op.BinaryFunction.ADD
            && first.op() instanceof Op.Binary product
            && product.function() == Op.BinaryFunction.MUL
            && graph.nodes().get(first.operands().get(0)).type().equals(node.type())
            && isPerChannel(node, graph.nodes().get(first.operands().get(1)))
            && isPerChannel(node, graph.nodes().get(node.operands().get(1)));
      }

      private static boolean isPerChannel(Node node, Node x) {
        List<Dim> shape = x.type().shape();
        Dim one = Dim.of(1);
        return node.type().rank() == 4 && shape.equals(List.of(one, node.type().dim(1), one, one));
      }
    };

    abstract boolean matches(Graph graph, Node node, Node first);
  }

  private final Map<Integer, Pattern> patterns = new HashMap<>(); // by the node that is emitted
  private final BitSet fused = new BitSet();

  private FusionPlan() {}

  /** {@return a plan that fuses nothing} */
  public static FusionPlan none() {
    return new FusionPlan();
  }

  /**
   * Finds the pairs in a graph.
   *
   * @param graph any graph
   * @param patterns the patterns that the engine has an operation for
   * @return the plan, for the nodes of this graph
   */
  public static FusionPlan of(Graph graph, Set<Pattern> patterns) {
    FusionPlan plan = new FusionPlan();
    int[] uses = Uses.count(graph);
    for (Node node : graph.nodes()) {
      if (node.operands().isEmpty()) {
        continue;
      }
      Node first = graph.nodes().get(node.operands().get(0));
      boolean free = uses[first.id()] == 1 && !plan.patterns.containsKey(first.id());
      for (Pattern pattern : EnumSet.allOf(Pattern.class)) {
        if (free && patterns.contains(pattern) && pattern.matches(graph, node, first)) {
          plan.patterns.put(node.id(), pattern);
          plan.fused.set(first.id());
          break;
        }
      }
    }
    return plan;
  }

  /**
   * Finds the pattern that ends in a node.
   *
   * @param node a node of the graph
   * @return the pattern; empty when the node is computed alone or is itself fused
   */
  public Optional<Pattern> patternAt(Node node) {
    return Optional.ofNullable(patterns.get(node.id()));
  }

  /**
   * Returns whether a node is computed as a part of its only reader.
   *
   * @param node a node of the graph
   * @return true when no code is to be emitted for it
   */
  public boolean isFused(Node node) {
    return fused.get(node.id());
  }
}
