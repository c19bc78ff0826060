package ser.benchmarks;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;

/**
 * The least work of an operation.
 *
 * @param flops floating-point operations; a multiplication and an addition count as two
 * @param bytes read and written when each operand is read once and the result written once
 */
record Cost(double flops, double bytes) {
  private static final Cost NONE = new Cost(0, 0);

  /** Returns the cost of all nodes of a graph, by kind, in one run. */
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
    if (isView(op)) {
      return NONE;
    }
    List<TensorType> operands =
        node.operands().stream().map(id -> graph.nodes().get(id).type()).toList();
    double bytes = 4 * elements(node.type(), sizes);
    for (TensorType operand : operands) {
      bytes += 4 * elements(operand, sizes);
    }
    return new Cost(flops(op, node.type(), operands, sizes), bytes);
  }

  /** Returns whether an operation moves nothing, or is computed once for all runs. */
  private static boolean isView(Op op) {
    return switch (op.family()) {
      case LEAF -> true;
      case LAYOUT -> !(op instanceof Op.Concat);
      case ELEMENTWISE,
          MASK,
          REDUCTION,
          CONTRACTION,
          WINDOW,
          NORMALIZATION,
          RECURRENCE,
          COMPOSITE ->
          false;
    };
  }

  private static double flops(
      Op op, TensorType result, List<TensorType> operands, Map<String, Long> sizes) {
    double elements = elements(result, sizes);
    return switch (Kind.of(op)) {
      case CONVOLUTION -> {
        TensorType weight = operands.get(1);
        yield 2 * elements * elements(weight, sizes) / weight.dim(0).resolve(sizes);
      }
      case MATMUL -> 2 * elements * operands.get(0).dim(-1).resolve(sizes);
      // Two products whose inner dimension is a head's width and the steps.
      case ATTENTION -> 4 * elements * operands.get(1).dim(-2).resolve(sizes);
      // For each of a step's H elements, four rows of the input and the recurrent weights.
      case RECURRENCE ->
          2
              * elements
              * Op.Lstm.GATES
              * (operands.get(1).dim(-1).resolve(sizes) + operands.get(2).dim(-1).resolve(sizes));
      case POOLING ->
          elements * ((Op.Pool) op).window().stream().reduce(1, (product, size) -> product * size);
      case NORMALISATION -> 8 * elements;
      case SOFTMAX -> 5 * elements;
      case REDUCTION -> elements(operands.get(0), sizes);
      case ELEMENTWISE, INTERPRETER -> elements;
      case LAYOUT -> 0;
    };
  }

  private static double elements(TensorType type, Map<String, Long> sizes) {
    double elements = 1;
    for (int axis = 0; axis < type.rank(); axis++) {
      elements *= type.dim(axis).resolve(sizes);
    }
    return elements;
  }
}
