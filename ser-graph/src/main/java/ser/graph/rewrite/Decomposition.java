package ser.graph.rewrite;

import java.util.Optional;
import java.util.function.Predicate;
import ser.graph.ir.Graph;
import ser.graph.ir.Op;

/** Decomposition: composites that a backend does not support are replaced by their bodies. */
public final class Decomposition {
  private Decomposition() {}

  /**
   * Decomposes the composites of a graph, those inside bodies included.
   *
   * @param graph any graph
   * @param supported the composites to keep; a composite that is kept keeps its body as it is
   * @return a graph with the same results, in which all composites are supported
   */
  public static Graph decompose(Graph graph, Predicate<Op.Composite> supported) {
    return graph.rewrite(
        (builder, node, operands) ->
            node.op() instanceof Op.Composite composite && !supported.test(composite)
                ? Optional.of(builder.inline(decompose(composite.body(), supported), operands))
                : Optional.empty());
  }

  /**
   * Decomposes all composites of a graph.
   *
   * @param graph any graph
   * @return a graph with the same results and without composites
   */
  public static Graph decompose(Graph graph) {
    return decompose(graph, composite -> false);
  }
}
