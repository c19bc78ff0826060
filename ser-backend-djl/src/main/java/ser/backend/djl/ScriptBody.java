package ser.backend.djl;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;

/** The statements of a {@code forward} method under construction, and the value of each node. */
final class ScriptBody {
  private final Graph graph;
  private final StringBuilder statements = new StringBuilder();
  private final Map<Integer, String> values = new HashMap<>(); // by node

  ScriptBody(Graph graph) {
    this.graph = graph;
  }

  /** Appends the assignment of an expression to a variable. */
  void assign(String variable, String expression) {
    statements.append("    ").append(variable).append(" = ").append(expression).append('\n');
  }

  /** Appends a line, such as the head of a block, whose assignments are indented by two spaces. */
  void line(String line) {
    statements.append("    ").append(line).append('\n');
  }

  /** Assigns a node's value to a variable of its own. */
  void assign(Node node, String expression) {
    String variable = "v" + node.id();
    assign(variable, expression);
    bind(node, variable);
  }

  /** Makes an expression stand for a node's value wherever it is read. */
  void bind(Node node, String expression) {
    values.put(node.id(), expression);
  }

  boolean isBound(Node node) {
    return values.containsKey(node.id());
  }

  /** A node's value, an expression of type Tensor. */
  String tensor(Node node) {
    String value = values.get(node.id());
    if (value == null) {
      throw new IllegalStateException("node %d was not emitted".formatted(node.id()));
    }
    return value;
  }

  Node operand(Node node, int index) {
    return graph.nodes().get(node.operands().get(index));
  }

  /** The value of a node's operand. */
  String tensor(Node node, int index) {
    return tensor(operand(node, index));
  }

  /** The values of all operands of a node, separated by commas. */
  String tensors(Node node) {
    return node.operands().stream()
        .map(operand -> tensor(graph.nodes().get(operand)))
        .collect(Collectors.joining(", "));
  }

  /** {@return the statements, each on a line of its own} */
  String text() {
    return statements.toString();
  }
}
