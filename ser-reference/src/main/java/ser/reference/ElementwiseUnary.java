package ser.reference;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import ser.graph.ir.Op;

/**
 * A function of each element.
 *
 * @param value y of x
 * @param derivative dy/dx of x and y
 */
record ElementwiseUnary(DoubleUnaryOperator value, DoubleBinaryOperator derivative)
    implements OpSemantics {
  static ElementwiseUnary of(Op.UnaryFunction function) {
    return switch (function) {
      case NEG -> new ElementwiseUnary(x -> -x, (x, y) -> -1);
      case ABS -> new ElementwiseUnary(Math::abs, (x, y) -> Math.signum(x));
      case COS -> new ElementwiseUnary(Math::cos, (x, y) -> -Math.sin(x));
      case EXP -> new ElementwiseUnary(Math::exp, (x, y) -> y);
      case LOG -> new ElementwiseUnary(Math::log, (x, y) -> 1 / x);
      case SQRT -> new ElementwiseUnary(Math::sqrt, (x, y) -> 1 / (2 * y));
      case SQUARE -> new ElementwiseUnary(x -> x * x, (x, y) -> 2 * x);
      case RECIPROCAL -> new ElementwiseUnary(x -> 1 / x, (x, y) -> -y * y);
      case TANH -> new ElementwiseUnary(Math::tanh, (x, y) -> 1 - y * y);
      case SIGMOID -> new ElementwiseUnary(ElementwiseUnary::sigmoid, (x, y) -> y * (1 - y));
      case RELU -> new ElementwiseUnary(x -> Math.max(x, 0), (x, y) -> x > 0 ? 1 : 0);
      case GELU ->
          new ElementwiseUnary(
              x -> x * NormalDistribution.probabilityBelow(x),
              (x, y) -> NormalDistribution.probabilityBelow(x) + x * NormalDistribution.density(x));
      case SILU ->
          new ElementwiseUnary(x -> x * sigmoid(x), (x, y) -> sigmoid(x) + y * (1 - sigmoid(x)));
    };
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    double[] x = operands.get(0).elements();
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = value.applyAsDouble(x[i]);
    }
    return new DoubleArray(y, shape);
  }

  @Override
  public DoubleArray backward(int operand, Call call, DoubleArray gradient) {
    double[] x = call.operand(0).elements();
    double[] y = call.result().elements();
    double[] byX = new double[x.length];
    for (int i = 0; i < byX.length; i++) {
      byX[i] = gradient.elements()[i] * derivative.applyAsDouble(x[i], y[i]);
    }
    return new DoubleArray(byX, call.operand(0).shape());
  }
}
