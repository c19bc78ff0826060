package ser.graph.ir;

import java.lang.reflect.RecordComponent;
import java.util.stream.Collectors;

/**
 * The stable text of a graph, one operation a line, which reads back to an equal graph:
 *
 * <pre>{@code
 * graph "example" {
 *   %0 = input {name="features", type=float32[batch, time, 64]}  # float32[batch, time, 64]
 *   %1 = parameter {name="w", type=float32[64, 8], initializer=uniform(0.25)}  # float32[64, 8]
 *   %2 = mat_mul(%0, %1)  # float32[batch, time, 8]
 *   output "scores" = %2
 * }
 * }</pre>
 *
 * <p>An operation's attributes are its record's components, in order. What follows {@code #} is a
 * comment. Reading checks shapes as building does.
 */
public final class GraphText {
  private GraphText() {}

  /**
   * Writes a graph.
   *
   * @param graph any graph
   * @return its text
   */
  public static String write(Graph graph) {
    StringBuilder text = new StringBuilder();
    write(graph, "", text);
    return text.append('\n').toString();
  }

  private static void write(Graph graph, String indent, StringBuilder text) {
    text.append("graph ").append(quote(graph.name())).append(" {\n");
    for (Node node : graph.nodes()) {
      text.append(indent).append("  %").append(node.id()).append(" = ");
      text.append(ShapeRules.name(node.op().getClass()));
      if (!node.operands().isEmpty()) {
        text.append(
            node.operands().stream()
                .map(id -> "%" + id)
                .collect(Collectors.joining(", ", "(", ")")));
      }
      writeAttributes(node.op(), indent, text);
      text.append("  # ").append(node.type()).append('\n');
    }
    graph
        .outputs()
        .forEach(
            (name, node) ->
                text.append(indent)
                    .append("  output ")
                    .append(quote(name))
                    .append(" = %")
                    .append(node.id())
                    .append('\n'));
    text.append(indent).append('}');
  }

  private static void writeAttributes(Op op, String indent, StringBuilder text) {
    RecordComponent[] components = op.getClass().getRecordComponents();
    if (components.length == 0) {
      return;
    }
    String separator = " {";
    for (RecordComponent component : components) {
      text.append(separator).append(component.getName()).append('=');
      Object value;
      try {
        value = component.getAccessor().invoke(op);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("a record's accessor cannot be called", e);
      }
      if (value instanceof Graph body) {
        write(body, indent + "  ", text);
      } else if (value instanceof String string) {
        text.append(quote(string));
      } else if (value instanceof Initializer initializer) {
        text.append(initializerText(initializer));
      } else {
        text.append(value);
      }
      separator = ", ";
    }
    text.append('}');
  }

  private static String initializerText(Initializer initializer) {
    if (initializer instanceof Initializer.Constant constant) {
      return "constant(%s)".formatted(constant.value());
    }
    if (initializer instanceof Initializer.Uniform uniform) {
      return "uniform(%s)".formatted(uniform.bound());
    }
    return "normal(%s)".formatted(((Initializer.Normal) initializer).deviation());
  }

  private static String quote(String string) {
    return '"' + string.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  /**
   * Reads a graph.
   *
   * @param text what {@link #write} gave, or a person wrote
   * @return the graph
   * @throws GraphException with the line, when the text is not a graph or its shapes do not fit
   */
  public static Graph read(String text) {
    GraphTextReader reader = new GraphTextReader(text);
    Graph graph = reader.graph(0);
    reader.end();
    return graph;
  }
}
