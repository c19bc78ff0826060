package ser.reference;

import java.util.Arrays;
import java.util.List;
import ser.graph.ir.Op;

/**
 * Convolution of x [B, C, spatial…] with weight [O, C/groups, kernel…]: every result element is a
 * sum of products of an element of x and one of the weight. All three passes visit the same
 * products; an input of one spatial axis is treated as planes of one row.
 *
 * @param op the attributes
 */
record Convolution(Op.Conv op) implements OpSemantics {
  private static final int X = 0;
  private static final int WEIGHT = 1;
  private static final int BIAS = 2;

  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    double[] x = operands.get(X).elements();
    double[] weight = operands.get(WEIGHT).elements();
    double[] y = new double[Strides.size(shape)];
    forEachProduct(operands, shape, (yi, xi, wi) -> y[yi] += x[xi] * weight[wi]);
    if (operands.size() > BIAS) {
      int[] channels = channels(shape);
      for (int i = 0; i < y.length; i++) {
        y[i] += operands.get(BIAS).elements()[channels[i]];
      }
    }
    return new DoubleArray(y, shape);
  }

  @Override
  public DoubleArray backward(int operand, Call call, DoubleArray gradient) {
    double[] x = call.operand(X).elements();
    double[] weight = call.operand(WEIGHT).elements();
    double[] g = gradient.elements();
    DoubleArray byOperand = DoubleArray.zeros(call.operand(operand).shape());
    double[] sums = byOperand.elements();
    switch (operand) {
      case X ->
          forEachProduct(
              call.operands(), gradient.shape(), (yi, xi, wi) -> sums[xi] += g[yi] * weight[wi]);
      case WEIGHT ->
          forEachProduct(
              call.operands(), gradient.shape(), (yi, xi, wi) -> sums[wi] += g[yi] * x[xi]);
      default -> {
        int[] channels = channels(gradient.shape());
        for (int i = 0; i < g.length; i++) {
          sums[channels[i]] += g[i];
        }
      }
    }
    return byOperand;
  }

  /** The channel of each element of the result. */
  private static int[] channels(long[] shape) {
    long[] perChannel = new long[shape.length - 1];
    Arrays.fill(perChannel, 1);
    perChannel[0] = shape[1];
    return Strides.broadcast(perChannel, shape);
  }

  /** Receives the indices of one product: y[yi] += x[xi] · weight[wi]. */
  @FunctionalInterface
  private interface Product {
    void visit(int yi, int xi, int wi);
  }

  private void forEachProduct(List<DoubleArray> operands, long[] shape, Product product) {
    SlidingWindow rows = shape.length == 4 ? sliding(operands, 0) : SlidingWindow.NONE;
    SlidingWindow columns = sliding(operands, shape.length - 3);
    int batch = (int) shape[0];
    int outputs = (int) shape[1];
    int channels = operands.get(X).dim(1);
    int channelsPerGroup = operands.get(WEIGHT).dim(1);
    int outputsPerGroup = outputs / op.groups();
    int yi = 0;
    for (int b = 0; b < batch; b++) {
      for (int o = 0; o < outputs; o++) {
        int firstChannel = o / outputsPerGroup * channelsPerGroup;
        for (int row = 0; row < rows.positions(); row++) {
          for (int column = 0; column < columns.positions(); column++) {
            for (int c = 0; c < channelsPerGroup; c++) {
              int xPlane = (b * channels + firstChannel + c) * rows.size();
              int wPlane = (o * channelsPerGroup + c) * rows.taps();
              for (int i = 0; i < rows.taps(); i++) {
                int xRow = rows.element(row, i);
                for (int j = 0; j < columns.taps(); j++) {
                  int xColumn = columns.element(column, j);
                  if (rows.isInside(xRow) && columns.isInside(xColumn)) {
                    product.visit(
                        yi,
                        (xPlane + xRow) * columns.size() + xColumn,
                        (wPlane + i) * columns.taps() + j);
                  }
                }
              }
            }
            yi++;
          }
        }
      }
    }
  }

  private SlidingWindow sliding(List<DoubleArray> operands, int axis) {
    return new SlidingWindow(
        operands.get(X).dim(2 + axis),
        operands.get(WEIGHT).dim(2 + axis),
        op.strides().get(axis),
        op.padding().get(axis),
        op.dilation().get(axis));
  }
}
