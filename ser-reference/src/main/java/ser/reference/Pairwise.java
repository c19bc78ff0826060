package ser.reference;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import ser.graph.ir.Op;
import ser.graph.tensor.DataType;

/**
 * A function of two elements, broadcast.
 *
 * @param value y of a and b
 * @param slopeByA ∂y/∂a of a and b
 * @param slopeByB ∂y/∂b of a and b
 */
record Pairwise(
    DoubleBinaryOperator value, DoubleBinaryOperator slopeByA, DoubleBinaryOperator slopeByB)
    implements Rule {

  static Pairwise of(Op.BinaryFunction function, DataType dataType) {
    return switch (function) {
      case ADD -> new Pairwise((a, b) -> a + b, (a, b) -> 1, (a, b) -> 1);
      case SUB -> new Pairwise((a, b) -> a - b, (a, b) -> 1, (a, b) -> -1);
      case MUL -> new Pairwise((a, b) -> a * b, (a, b) -> b, (a, b) -> a);
      case DIV ->
          new Pairwise(
              dataType == DataType.INT64 ? (a, b) -> Math.floor(a / b) : (a, b) -> a / b,
              (a, b) -> 1 / b,
              (a, b) -> -a / (b * b));
      case MAX -> new Pairwise(Math::max, (a, b) -> share(a, b), (a, b) -> share(b, a));
      case MIN -> new Pairwise(Math::min, (a, b) -> share(b, a), (a, b) -> share(a, b));
    };
  }

  /** What the first takes of a gradient that goes to the larger of two. */
  private static double share(double a, double b) {
    return a == b ? 0.5 : a > b ? 1 : 0;
  }

  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    double[] a = operands.get(0).elements();
    double[] b = operands.get(1).elements();
    int[] fromA = Layout.broadcast(operands.get(0).shape(), shape);
    int[] fromB = Layout.broadcast(operands.get(1).shape(), shape);
    double[] y = new double[fromA.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = value.applyAsDouble(a[fromA[i]], b[fromB[i]]);
    }
    return new DoubleArray(y, shape);
  }

  @Override
  public DoubleArray backward(int operand, Call call, DoubleArray gradient) {
    double[] a = call.operand(0).elements();
    double[] b = call.operand(1).elements();
    int[] fromA = Layout.broadcast(call.operand(0).shape(), gradient.shape());
    int[] fromB = Layout.broadcast(call.operand(1).shape(), gradient.shape());
    DoubleBinaryOperator slope = operand == 0 ? slopeByA : slopeByB;
    int[] from = operand == 0 ? fromA : fromB;
    DoubleArray byOperand = DoubleArray.zeros(call.operand(operand).shape());
    for (int i = 0; i < from.length; i++) {
      // An element that was read several times gathers the gradients of all that read it.
      byOperand.elements()[from[i]] +=
          gradient.elements()[i] * slope.applyAsDouble(a[fromA[i]], b[fromB[i]]);
    }
    return byOperand;
  }
}
