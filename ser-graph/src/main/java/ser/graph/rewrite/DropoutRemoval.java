package ser.graph.rewrite;

import java.util.Optional;
import ser.graph.ir.Graph;
import ser.graph.ir.Op;

/**
 * Dropout removal: the inference form of a graph, in which each dropout is its operand. Composites
 * whose bodies hold dropouts are decomposed; all others stay.
 */
public final class DropoutRemoval {
  private DropoutRemoval() {}

  /**
   * Removes the dropouts of a graph.
   *
   * @param graph any graph
   * @return the graph without dropouts, with the same inputs, parameters, states and outputs
   */
  public static Graph removeDropouts(Graph graph) {
    return exposeDropouts(graph)
        .rewrite(
            (builder, node, operands) ->
                node.op() instanceof Op.Dropout ? Optional.of(operands.get(0)) : Optional.empty());
  }

  /** Decomposes the composites that hold dropouts, so that every dropout is a node of the graph. */
  static Graph exposeDropouts(Graph graph) {
    return Decomposition.decompose(graph, composite -> !holdsDropout(composite.body()));
  }

  private static boolean holdsDropout(Graph graph) {
    return graph.nodes().stream()
        .anyMatch(
            node ->
                node.op() instanceof Op.Dropout
                    || (node.op() instanceof Op.Composite composite
                        && holdsDropout(composite.body())));
  }
}
