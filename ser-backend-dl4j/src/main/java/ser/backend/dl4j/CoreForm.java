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
import ser.graph.tensor.DataType;

/**
 * Writes a graph in fewer operations: what ND4J lacks, or means otherwise, as others that it has.
 * ND4J's layer normalisation adds no ε below the root, its GELU is an approximation, and its
 * convolutions have no groups.
 */
final class CoreForm {
  private CoreForm() {}

  static Graph of(Graph graph) {
    return CommonSubexpressionElimination.eliminateCommonSubexpressions(
        Decomposition.decompose(graph).rewrite(CoreForm::replace));
  }

  private static Optional<Value> replace(GraphBuilder g, Node node, List<Value> operands) {
    Op op = node.op();
    if (op instanceof Op.LengthMask mask) {
      return Optional.of(lengthMask(g, operands.get(0), mask.time()));
    } else if (op instanceof Op.LayerNorm norm) {
      return Optional.of(layerNorm(g, norm, operands));
    } else if (op instanceof Op.Conv conv) {
      return Optional.of(conv(g, conv, operands));
    } else if (op instanceof Op.Pool pool && pool.window().size() == 1) {
      return Optional.of(pool(g, pool, operands.get(0)));
    } else if (op instanceof Op.MatMul) {
      return matMul(g, operands.get(0), operands.get(1));
    } else if (op instanceof Op.Unary unary) {
      return unary(g, unary.function(), operands.get(0));
    }
    return Optional.empty();
  }

  private static Optional<Value> unary(GraphBuilder g, Op.UnaryFunction function, Value x) {
    return switch (function) {
      case SQUARE -> Optional.of(g.mul(x, x));
      case SILU -> Optional.of(g.mul(x, g.sigmoid(x)));
      default -> Optional.empty();
    };
  }

  private static Value lengthMask(GraphBuilder g, Value lengths, Dim time) {
    Value steps = g.add(new Op.Range(time, DataType.INT64), List.of());
    return g.compare(Op.Comparison.LESS, steps, g.reshape(lengths, lengths.dim(0), Dim.of(1)));
  }

  private static Value layerNorm(GraphBuilder g, Op.LayerNorm norm, List<Value> operands) {
    Value x = operands.get(0);
    Value centred = g.sub(x, g.reduce(Op.Reduction.MEAN, x, -1));
    Value variance = g.reduce(Op.Reduction.MEAN, g.mul(centred, centred), -1);
    Value scale =
        g.unary(Op.UnaryFunction.RECIPROCAL, g.sqrt(g.add(variance, g.constant(norm.epsilon()))));
    return g.add(g.mul(g.mul(centred, scale), operands.get(1)), operands.get(2));
  }

  /** One spatial axis becomes two, and groups become convolutions of their own. */
  private static Value conv(GraphBuilder g, Op.Conv conv, List<Value> operands) {
    if (conv.strides().size() == 1) {
      List<Value> widened = new ArrayList<>(operands);
      widened.set(0, withRow(g, operands.get(0)));
      widened.set(1, withRow(g, operands.get(1)));
      Op.Conv wide =
          new Op.Conv(
              with(1, conv.strides()),
              with(0, conv.padding()),
              with(1, conv.dilation()),
              conv.groups());
      return withoutRow(g, conv(g, wide, widened));
    }
    if (conv.groups() == 1) {
      return g.add(conv, operands);
    }
    Op.Conv each = new Op.Conv(conv.strides(), conv.padding(), conv.dilation(), 1);
    Value[] parts = new Value[conv.groups()];
    for (int group = 0; group < parts.length; group++) {
      List<Value> own = new ArrayList<>();
      own.add(part(g, operands.get(0), 1, group, parts.length));
      for (Value weights : operands.subList(1, operands.size())) {
        own.add(part(g, weights, 0, group, parts.length));
      }
      parts[group] = g.add(each, own);
    }
    return g.concat(1, parts);
  }

  private static Value part(GraphBuilder g, Value x, int axis, int index, int parts) {
    long size = x.dim(axis).size() / parts;
    return g.slice(x, axis, index * size, (index + 1) * size);
  }

  private static Value pool(GraphBuilder g, Op.Pool pool, Value x) {
    Op.Pool wide =
        new Op.Pool(
            pool.pooling(),
            with(1, pool.window()),
            with(1, pool.strides()),
            with(0, pool.padding()));
    return withoutRow(g, g.pool(wide, withRow(g, x)));
  }

  private static List<Integer> with(int first, List<Integer> rest) {
    return List.of(first, rest.get(0));
  }

  /** [a, b, n] to [a, b, 1, n]. */
  private static Value withRow(GraphBuilder g, Value x) {
    return g.reshape(x, x.dim(0), x.dim(1), Dim.of(1), x.dim(2));
  }

  /** [a, b, 1, n] to [a, b, n]. */
  private static Value withoutRow(GraphBuilder g, Value x) {
    return g.reshape(x, x.dim(0), x.dim(1), x.dim(3));
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
