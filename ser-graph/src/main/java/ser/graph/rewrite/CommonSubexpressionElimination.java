package ser.graph.rewrite;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ser.graph.ir.Graph;
import ser.graph.ir.Op;
import ser.graph.ir.Value;

/**
 * Common-subexpression elimination (CSE): nodes with equal operations and equal operands are merged
 * into one. Dropouts are never merged, because each drops elements of its own. Constants and ranges
 * are merged; inputs, parameters and states are unique by name.
 */
public final class CommonSubexpressionElimination {
  private CommonSubexpressionElimination() {}

  /**
   * Merges the equal nodes of a graph.
   *
   * @param graph any graph; bodies of composites stay as they are
   * @return a graph with the same inputs, parameters, states, outputs and results
   */
  public static Graph eliminateCommonSubexpressions(Graph graph) {
    Map<List<Object>, Value> values = new HashMap<>();
    return graph.rewrite(
        (builder, node, operands) -> {
          if (node.op() instanceof Op.Dropout) {
            return Optional.empty();
          }
          List<Object> key = List.of(node.op(), operands.stream().map(Value::id).toList());
          return Optional.of(
              values.computeIfAbsent(key, absent -> builder.add(node.op(), operands)));
        });
  }
}
