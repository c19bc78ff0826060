package ser.reference;

import java.util.Arrays;
import java.util.List;
import ser.graph.ir.Op;

/**
 * Reduction along axes, which remain with size 1. The result's shape therefore broadcasts to the
 * operand's, and broadcasting maps each operand element to the result element it contributes to.
 *
 * @param reduction the sum, the mean or the maximum
 * @param axes the axes, counted from 0
 */
record Reduction(Op.Reduction reduction, List<Integer> axes) implements OpSemantics {
  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    DoubleArray operand = operands.get(0);
    double[] x = operand.elements();
    double[] y = new double[Strides.size(shape)];
    int[] into = Strides.broadcast(shape, operand.shape());
    switch (reduction) {
      case SUM -> {
        for (int i = 0; i < x.length; i++) {
          y[into[i]] += x[i];
        }
      }
      case MEAN -> {
        for (int i = 0; i < x.length; i++) {
          y[into[i]] += x[i];
        }
        double count = (double) x.length / y.length;
        Arrays.setAll(y, i -> y[i] / count);
      }
      case MAX -> {
        Arrays.fill(y, Double.NEGATIVE_INFINITY);
        for (int i = 0; i < x.length; i++) {
          y[into[i]] = Math.max(y[into[i]], x[i]);
        }
      }
    }
    return new DoubleArray(y, shape);
  }

  @Override
  public DoubleArray backward(int operand, Call call, DoubleArray gradient) {
    double[] x = call.operand(0).elements();
    double[] y = call.result().elements();
    double[] g = gradient.elements();
    double[] byX = new double[x.length];
    int[] into = Strides.broadcast(gradient.shape(), call.operand(0).shape());
    switch (reduction) {
      case SUM -> Arrays.setAll(byX, i -> g[into[i]]);
      case MEAN -> {
        double count = (double) x.length / y.length;
        Arrays.setAll(byX, i -> g[into[i]] / count);
      }
      case MAX -> {
        int[] equals = new int[y.length];
        for (int i = 0; i < x.length; i++) {
          equals[into[i]] += x[i] == y[into[i]] ? 1 : 0;
        }
        Arrays.setAll(byX, i -> x[i] == y[into[i]] ? g[into[i]] / equals[into[i]] : 0);
      }
    }
    return new DoubleArray(byX, call.operand(0).shape());
  }
}
