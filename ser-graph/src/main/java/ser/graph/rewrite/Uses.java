package ser.graph.rewrite;

import ser.graph.ir.Graph;

/** Use counts: how often the value of each node is read. */
final class Uses {
  private Uses() {}

  /** {@return the number of operands and outputs that read each node, by node id} */
  static int[] count(Graph graph) {
    int[] uses = new int[graph.nodes().size()];
    graph.nodes().forEach(node -> node.operands().forEach(operand -> uses[operand]++));
    graph.outputs().values().forEach(node -> uses[node.id()]++);
    return uses;
  }
}
