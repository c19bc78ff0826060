package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.Value;
import ser.graph.rewrite.CommonSubexpressionElimination;
import ser.graph.rewrite.Decomposition;
import ser.graph.rewrite.OperationDecomposition;

/**
 * The form of a graph that is lowered: without the operations that ND4J lacks or defines otherwise.
 * ND4J's layer normalisation adds no ε below the root, its GELU is an approximation, and its
 * convolutions have no groups.
 */
final class CoreForm {
  private CoreForm() {}

  static Graph of(Graph graph) {
    Graph decomposed =
        OperationDecomposition.decompose(
            Decomposition.decompose(graph).rewrite(CoreForm::replace), CoreForm::isSupported);
    return CommonSubexpressionElimination.eliminateCommonSubexpressions(decomposed);
  }

  private static boolean isSupported(Op op) {
    if (op instanceof Op.Unary unary) {
      return unary.function() != Op.UnaryFunction.SQUARE
          && unary.function() != Op.UnaryFunction.SILU;
    } else if (op instanceof Op.Conv conv) {
      return conv.strides().size() == 2 && conv.groups() == 1;
    } else if (op instanceof Op.Pool pool) {
      return pool.window().size() == 2;
    }
    return !(op instanceof Op.LengthMask || op instanceof Op.LayerNorm);
  }

  private static Optional<Value> replace(GraphBuilder g, Node node, List<Value> operands) {
    if (node.op() instanceof Op.Lstm lstm) {
      return Optional.of(lstm(g, lstm, operands));
    }
    return node.op() instanceof Op.MatMul
        ? matMul(g, operands.get(0), operands.get(1))
        : Optional.empty();
  }

  /**
   * Sets padding to 0: the gradient by the input weights is a matrix product over all steps, in
   * which NaN times 0 would remain.
   */
  private static Value lstm(GraphBuilder g, Op.Lstm lstm, List<Value> operands) {
    Value x = operands.get(0);
    Value lengths = operands.get(4);
    List<Dim> shape = new ArrayList<>(lengths.type().shape());
    shape.addAll(List.of(Dim.of(1), Dim.of(1)));
    Value steps = g.reshape(g.int64Range(x.dim(-2)), x.dim(-2), Dim.of(1));
    Value valid =
        g.compare(Op.Comparison.LESS, steps, g.reshape(lengths, shape.toArray(Dim[]::new)));
    return g.lstm(
        lstm,
        g.where(valid, x, g.constant(0)),
        operands.get(1),
        operands.get(2),
        operands.get(3),
        lengths);
  }

  /**
   * Products of different ranks become products of one rank; the axes before are broadcast later.
   */
  private static Optional<Value> matMul(GraphBuilder g, Value a, Value b) {
    int rank = Math.max(a.type().rank(), b.type().rank());
    if (a.type().rank() == b.type().rank() || b.type().rank() == 2) {
      return Optional.empty();
    }
    return Optional.of(g.matMul(ofRank(g, a, rank), ofRank(g, b, rank)));
  }

  private static Value ofRank(GraphBuilder g, Value x, int rank) {
    Dim[] shape = new Dim[rank];
    for (int axis = 0; axis < rank; axis++) {
      int own = axis - (rank - x.type().rank());
      shape[axis] = own < 0 ? Dim.of(1) : x.dim(own);
    }
    return x.type().rank() == rank ? x : g.reshape(x, shape);
  }
}
