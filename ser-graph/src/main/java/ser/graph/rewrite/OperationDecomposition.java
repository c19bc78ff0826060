package ser.graph.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.Value;

/**
 * Decomposition of operations that a backend does not support into simpler ones:
 *
 * <ul>
 *   <li>layer normalisation into means, products and sums;
 *   <li>a length mask into a range and a comparison;
 *   <li>x² into x·x, and SiLU into x·sigmoid(x);
 *   <li>a convolution or pooling along one axis into one along two, the first of size 1;
 *   <li>a grouped convolution into one convolution a group, and a concatenation.
 * </ul>
 */
public final class OperationDecomposition {
  private final Predicate<Op> supported;

  private OperationDecomposition(Predicate<Op> supported) {
    this.supported = supported;
  }

  /**
   * Decomposes the operations of a graph that are not supported and have a decomposition; others
   * stay. Bodies of composites stay as they are, see {@link Decomposition}.
   *
   * @param graph any graph
   * @param supported the operations to keep
   * @return a graph with the same results
   */
  public static Graph decompose(Graph graph, Predicate<Op> supported) {
    return graph.rewrite(new OperationDecomposition(supported)::replace);
  }

  private Optional<Value> replace(GraphBuilder g, Node node, List<Value> operands) {
    Op op = node.op();
    if (supported.test(op)) {
      return Optional.empty();
    } else if (op instanceof Op.LengthMask mask) {
      return Optional.of(lengthMask(g, operands.get(0), mask.time()));
    } else if (op instanceof Op.LayerNorm norm) {
      return Optional.of(layerNorm(g, norm, operands));
    } else if (op instanceof Op.Conv conv) {
      return Optional.of(conv(g, conv, operands));
    } else if (op instanceof Op.Pool pool && pool.window().size() == 1) {
      return Optional.of(pool(g, pool, operands.get(0)));
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
    Value steps = g.int64Range(time);
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

  /** One spatial axis becomes two, then each group becomes a convolution of its own. */
  private Value conv(GraphBuilder g, Op.Conv conv, List<Value> operands) {
    if (supported.test(conv)) {
      return g.add(conv, operands);
    }
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
      own.add(slice(g, operands.get(0), 1, group, parts.length));
      for (Value weights : operands.subList(1, operands.size())) {
        own.add(slice(g, weights, 0, group, parts.length));
      }
      parts[group] = g.add(each, own);
    }
    return g.concat(1, parts);
  }

  private static Value slice(GraphBuilder g, Value x, int axis, int index, int parts) {
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
}
