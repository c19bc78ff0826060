package ser.reference;

import java.util.List;

/**
 * y = exp(x) / Σ exp(x) along an axis.
 *
 * @param axis the axis, counted from 0
 */
record Softmax(int axis) implements OpSemantics {
  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    double[] x = operands.get(0).elements();
    double[] y = new double[x.length];
    AxisView rows = AxisView.along(shape, axis);
    int end = rows.size() * rows.stride();
    for (int start : rows.starts()) {
      // Less the largest, no exponential overflows; the quotient stays the same.
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = start; i < start + end; i += rows.stride()) {
        largest = Math.max(largest, x[i]);
      }
      double sum = 0;
      for (int i = start; i < start + end; i += rows.stride()) {
        y[i] = Math.exp(x[i] - largest);
        sum += y[i];
      }
      for (int i = start; i < start + end; i += rows.stride()) {
        y[i] /= sum;
      }
    }
    return new DoubleArray(y, shape);
  }

  /** ∂loss/∂x = y·(g − Σ g·y). */
  @Override
  public DoubleArray backward(int operand, Call call, DoubleArray gradient) {
    double[] y = call.result().elements();
    double[] g = gradient.elements();
    double[] byX = new double[y.length];
    AxisView rows = AxisView.along(gradient.shape(), axis);
    int end = rows.size() * rows.stride();
    for (int start : rows.starts()) {
      double sum = 0;
      for (int i = start; i < start + end; i += rows.stride()) {
        sum += g[i] * y[i];
      }
      for (int i = start; i < start + end; i += rows.stride()) {
        byX[i] = y[i] * (g[i] - sum);
      }
    }
    return new DoubleArray(byX, gradient.shape());
  }
}
