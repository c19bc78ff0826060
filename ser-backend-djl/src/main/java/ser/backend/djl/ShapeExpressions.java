package ser.backend.djl;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import ser.graph.ir.Dim;
import ser.graph.ir.GraphException;

/** Dimensions as expressions of type int, in terms of the variables that the inputs bind. */
final class ShapeExpressions {
  private final String graph;
  private final Set<Dim.Symbol> bound = new HashSet<>();

  ShapeExpressions(String graph) {
    this.graph = graph;
  }

  /** Declares the variable of a named dimension; false when an earlier input has bound it. */
  boolean bind(Dim.Symbol symbol) {
    return bound.add(symbol);
  }

  /** The variable that holds a named dimension's size. */
  String variable(Dim.Symbol symbol) {
    if (!bound.contains(symbol)) {
      throw new GraphException(
          "No input of graph '%s' binds its dimension '%s'".formatted(graph, symbol));
    }
    return "dim_" + symbol.name();
  }

  String dim(Dim dim) {
    if (dim instanceof Dim.Quotient quotient) {
      String size =
          "torch.floordiv(torch.add(%s, %d), %d)"
              .formatted(variable(quotient.symbol()), quotient.offset(), quotient.divisor());
      // A size that would be negative is zero.
      return quotient.offset() < 0 ? "ops.prim.max(%s, 0)".formatted(size) : size;
    }
    return dim instanceof Dim.Symbol symbol ? variable(symbol) : Long.toString(dim.size());
  }

  /** A shape as a list of int. */
  String dims(List<Dim> shape) {
    return shape.stream().map(this::dim).collect(Collectors.joining(", ", "[", "]"));
  }
}
