package ser.benchmarks;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;

/**
 * What an operation must at least do.
 *
 * @param flops floating-point operations; a multiplication and an addition count as two
 * @param bytes read and written when each operand is read once and the result written once
 */
record Cost(double flops, double bytes) {
  private static final Cost NONE = new Cost(0, 0);

  /** Of all nodes of a graph, by kind, in one run. */
  static Map<Kind, Cost> of(Graph graph, Map<String, Long> sizes) {
    Map<Kind, Cost> costs = new EnumMap<>(Kind.class);
    for (Node node : graph.nodes()) {
      costs.merge(Kind.of(node.op()), of(graph, node, sizes), Cost::plus);
    }
    return costs;
  }

  Cost plus(Cost other) {
    return new Cost(flops + other.flops, bytes + other.bytes);
  }

  Cost times(double factor) {
    return new Cost(factor * flops, factor * bytes);
  }

  /**
   * The time at the roof: the operation is bound by arithmetic or by memory, whichever is worse.
   */
  double seconds(Roof roof) {
    return Math.max(flops / roof.flops(), bytes / roof.bytes());
  }

  private static Cost of(Graph graph, Node node, Map<String, Long> sizes) {
    Op op = node.op();
    if (op instanceof Op.Input
        || op instanceof Op.Parameter
        || op instanceof Op.State
        || op instanceof Op.Constant
        || op instanceof Op.Range
        || op instanceof Op.Reshape
        || op instanceof Op.Transpose
        || op instanceof Op.Slice) {
      return NONE; // a view, or made once
    }
    List<TensorType> operands =
        node.operands().stream().map(id -> graph.nodes().get(id).type()).toList();
    double bytes = 4 * elements(node.type(), sizes);
    for (TensorType operand : operands) {
      bytes += 4 * elements(operand, sizes);
    }
    return new Cost(flops(op, node.type(), operands, sizes), bytes);
  }

  private static double flops(
      Op op, TensorType result, List<TensorType> operands, Map<String, Long> sizes) {
    double elements = elements(result, sizes);
    if (op instanceof Op.Conv) {
      TensorType weight = operands.get(1);
      return 2 * elements * elements(weight, sizes) / weight.dim(0).resolve(sizes);
    } else if (op instanceof Op.MatMul) {
      return 2 * elements * operands.get(0).dim(-1).resolve(sizes);
    } else if (op instanceof Op.Composite) {
      // Attention: two products whose inner dimension is a head's width and the steps.
      return 4 * elements * operands.get(1).dim(-2).resolve(sizes);
    } else if (op instanceof Op.Pool pool) {
      return elements * pool.window().stream().reduce(1, (a, b) -> a * b);
    } else if (op instanceof Op.LayerNorm) {
      return 8 * elements;
    } else if (op instanceof Op.Softmax || op instanceof Op.LogSoftmax) {
      return 5 * elements;
    } else if (op instanceof Op.Reduce) {
      return elements(operands.get(0), sizes);
    } else if (op instanceof Op.Concat) {
      return 0;
    }
    return elements;
  }

  private static double elements(TensorType type, Map<String, Long> sizes) {
    double elements = 1;
    for (int axis = 0; axis < type.rank(); axis++) {
      elements *= type.dim(axis).resolve(sizes);
    }
    return elements;
  }
}
