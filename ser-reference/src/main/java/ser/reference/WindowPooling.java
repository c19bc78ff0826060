package ser.reference;

import java.util.Arrays;
import java.util.List;
import ser.graph.ir.Op;

/**
 * Max and average pooling of x [B, C, spatial…]. An input of one spatial axis is treated as planes
 * of one row.
 *
 * @param op the attributes
 */
record WindowPooling(Op.Pool op) implements OpSemantics {
  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    double[] x = operands.get(0).elements();
    double[] y = new double[Strides.size(shape)];
    switch (op.pooling()) {
      case MAX -> {
        int[] largest = largest(operands.get(0), shape);
        Arrays.setAll(y, window -> x[largest[window]]);
      }
      case AVERAGE -> {
        double area = area();
        forEachElement(operands.get(0), shape, (window, xi) -> y[window] += x[xi] / area);
      }
    }
    return new DoubleArray(y, shape);
  }

  @Override
  public DoubleArray backward(int operand, Call call, DoubleArray gradient) {
    DoubleArray x = call.operand(0);
    double[] g = gradient.elements();
    double[] byX = new double[x.size()];
    switch (op.pooling()) {
      case MAX -> {
        int[] largest = largest(x, gradient.shape());
        for (int window = 0; window < largest.length; window++) {
          byX[largest[window]] += g[window];
        }
      }
      case AVERAGE -> {
        double area = area();
        forEachElement(x, gradient.shape(), (window, xi) -> byX[xi] += g[window] / area);
      }
    }
    return new DoubleArray(byX, x.shape());
  }

  /** The index of each window's maximum: the first of equals; NaN exceeds all. */
  private int[] largest(DoubleArray operand, long[] shape) {
    double[] x = operand.elements();
    int[] largest = new int[Strides.size(shape)];
    Arrays.fill(largest, -1);
    forEachElement(
        operand,
        shape,
        (window, xi) -> {
          int best = largest[window];
          if (best < 0 || x[xi] > x[best] || Double.isNaN(x[xi])) {
            largest[window] = xi;
          }
        });
    return largest;
  }

  /** The number of elements of a window, padding included. */
  private double area() {
    return op.window().stream().mapToInt(Integer::intValue).reduce(1, (a, b) -> a * b);
  }

  /** Receives the index of a window in the result and of an element of x that it covers. */
  @FunctionalInterface
  private interface Covered {
    void visit(int window, int xi);
  }

  private void forEachElement(DoubleArray x, long[] shape, Covered covered) {
    SlidingWindow rows = shape.length == 4 ? sliding(x, 0) : SlidingWindow.NONE;
    SlidingWindow columns = sliding(x, shape.length - 3);
    int planes = (int) (shape[0] * shape[1]);
    int window = 0;
    for (int plane = 0; plane < planes; plane++) {
      for (int row = 0; row < rows.positions(); row++) {
        for (int column = 0; column < columns.positions(); column++) {
          for (int i = 0; i < rows.taps(); i++) {
            int xRow = rows.element(row, i);
            for (int j = 0; j < columns.taps(); j++) {
              int xColumn = columns.element(column, j);
              if (rows.isInside(xRow) && columns.isInside(xColumn)) {
                covered.visit(window, (plane * rows.size() + xRow) * columns.size() + xColumn);
              }
            }
          }
          window++;
        }
      }
    }
  }

  private SlidingWindow sliding(DoubleArray x, int axis) {
    return new SlidingWindow(
        x.dim(2 + axis), op.window().get(axis), op.strides().get(axis), op.padding().get(axis), 1);
  }
}
