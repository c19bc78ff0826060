package ser.reference;

import java.util.List;

/**
 * y = x − log Σ exp(x) along an axis.
 *
 * @param axis the axis, counted from 0
 */
record LogSoftmax(int axis) implements OpSemantics {
  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    double[] x = operands.get(0).elements();
    double[] y = new double[x.length];
    AxisView rows = AxisView.along(shape, axis);
    int end = rows.size() * rows.stride();
    for (int start : rows.starts()) {
      // Less the largest, no exponential overflows; the difference stays the same.
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = start; i < start + end; i += rows.stride()) {
        largest = Math.max(largest, x[i]);
      }
      double sum = 0;
      for (int i = start; i < start + end; i += rows.stride()) {
        sum += Math.exp(x[i] - largest);
      }
      for (int i = start; i < start + end; i += rows.stride()) {
        y[i] = x[i] - largest - Math.log(sum);
      }
    }
    return new DoubleArray(y, shape);
  }

  /** ∂loss/∂x = g − exp(y)·Σ g. */
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
        sum += g[i];
      }
      for (int i = start; i < start + end; i += rows.stride()) {
        byX[i] = g[i] - Math.exp(y[i]) * sum;
      }
    }
    return new DoubleArray(byX, gradient.shape());
  }
}
