package ser.reference;

import java.util.List;

/**
 * y = x̂·gain + bias with x̂ = (x − mean)/√(variance + ε), over the last axis.
 *
 * @param epsilon ε
 */
record LayerNormalization(double epsilon) implements OpSemantics {
  private static final int X = 0;
  private static final int GAIN = 1;
  private static final int BIAS = 2;

  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    double[] gain = operands.get(GAIN).elements();
    double[] bias = operands.get(BIAS).elements();
    double[] y = normalized(operands.get(X));
    for (int i = 0; i < y.length; i++) {
      y[i] = y[i] * gain[i % gain.length] + bias[i % gain.length];
    }
    return new DoubleArray(y, shape);
  }

  @Override
  public DoubleArray backward(int operand, Call call, DoubleArray gradient) {
    double[] g = gradient.elements();
    double[] normalized = normalized(call.operand(X));
    DoubleArray byOperand = DoubleArray.zeros(call.operand(operand).shape());
    double[] sums = byOperand.elements();
    switch (operand) {
      case X -> byX(call, g, normalized, sums);
      case GAIN -> {
        for (int i = 0; i < g.length; i++) {
          sums[i % sums.length] += g[i] * normalized[i];
        }
      }
      default -> {
        for (int i = 0; i < g.length; i++) {
          sums[i % sums.length] += g[i];
        }
      }
    }
    return byOperand;
  }

  /**
   * With h = g·gain: ∂loss/∂x = (h − mean(h) − x̂·mean(h·x̂)) / √(variance + ε). The terms
   * subtracted are the gradients through mean and variance.
   */
  private void byX(Call call, double[] g, double[] normalized, double[] byX) {
    double[] x = call.operand(X).elements();
    double[] gain = call.operand(GAIN).elements();
    int width = gain.length;
    for (int start = 0; start < x.length; start += width) {
      double mean = 0;
      double meanAlong = 0;
      for (int i = 0; i < width; i++) {
        mean += g[start + i] * gain[i] / width;
        meanAlong += g[start + i] * gain[i] * normalized[start + i] / width;
      }
      double deviation = deviation(x, start, width);
      for (int i = start; i < start + width; i++) {
        byX[i] = (g[i] * gain[i - start] - mean - normalized[i] * meanAlong) / deviation;
      }
    }
  }

  /** x̂, of the shape of x. */
  private double[] normalized(DoubleArray operand) {
    double[] x = operand.elements();
    double[] normalized = new double[x.length];
    int width = operand.dim(-1);
    for (int start = 0; start < x.length; start += width) {
      double mean = mean(x, start, width);
      double deviation = deviation(x, start, width);
      for (int i = start; i < start + width; i++) {
        normalized[i] = (x[i] - mean) / deviation;
      }
    }
    return normalized;
  }

  private static double mean(double[] x, int start, int width) {
    double sum = 0;
    for (int i = start; i < start + width; i++) {
      sum += x[i];
    }
    return sum / width;
  }

  /** √(variance + ε), the variance being the mean square distance from the mean. */
  private double deviation(double[] x, int start, int width) {
    double mean = mean(x, start, width);
    double squares = 0;
    for (int i = start; i < start + width; i++) {
      squares += (x[i] - mean) * (x[i] - mean);
    }
    return Math.sqrt(squares / width + epsilon);
  }
}
