package ser.reference;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import ser.graph.ir.Op;
import ser.graph.tensor.DataType;

/**
 * A function of two elements, broadcast.
 *
 * @param value y of a and b
 * @param derivativeByA ∂y/∂a of a and b
 * @param derivativeByB ∂y/∂b of a and b
 */
record ElementwiseBinary(
    DoubleBinaryOperator value,
    DoubleBinaryOperator derivativeByA,
    DoubleBinaryOperator derivativeByB)
    implements OpSemantics {

  static ElementwiseBinary of(Op.BinaryFunction function, DataType dataType) {
    return switch (function) {
      case ADD -> new ElementwiseBinary((a, b) -> a + b, (a, b) -> 1, (a, b) -> 1);
      case SUB -> new ElementwiseBinary((a, b) -> a - b, (a, b) -> 1, (a, b) -> -1);
      case MUL -> new ElementwiseBinary((a, b) -> a * b, (a, b) -> b, (a, b) -> a);
      case DIV ->
          new ElementwiseBinary(
              dataType == DataType.INT64 ? (a, b) -> Math.floor(a / b) : (a, b) -> a / b,
              (a, b) -> 1 / b,
              (a, b) -> -a / (b * b));
      case MAX -> new ElementwiseBinary(Math::max, (a, b) -> share(a, b), (a, b) -> share(b, a));
      case MIN -> new ElementwiseBinary(Math::min, (a, b) -> share(b, a), (a, b) -> share(a, b));
    };
  }

  /** The derivative of max(a, b) by a: equals take half each. */
  private static double share(double a, double b) {
    return a == b ? 0.5 : a > b ? 1 : 0;
  }

  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    double[] a = operands.get(0).elements();
    double[] b = operands.get(1).elements();
    int[] fromA = Strides.broadcast(operands.get(0).shape(), shape);
    int[] fromB = Strides.broadcast(operands.get(1).shape(), shape);
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
    int[] fromA = Strides.broadcast(call.operand(0).shape(), gradient.shape());
    int[] fromB = Strides.broadcast(call.operand(1).shape(), gradient.shape());
    DoubleBinaryOperator derivative = operand == 0 ? derivativeByA : derivativeByB;
    int[] from = operand == 0 ? fromA : fromB;
    DoubleArray byOperand = DoubleArray.zeros(call.operand(operand).shape());
    for (int i = 0; i < from.length; i++) {
      // The gradient of a broadcast element is the sum over its copies.
      byOperand.elements()[from[i]] +=
          gradient.elements()[i] * derivative.applyAsDouble(a[fromA[i]], b[fromB[i]]);
    }
    return byOperand;
  }
}
