package ser.reference;

import java.util.List;
import ser.graph.ir.Op;

/**
 * Compares two elements, broadcast: 1 where true and 0 where not.
 *
 * @param comparison which
 */
record Comparing(Op.Comparison comparison) implements Stepwise {
  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    int[] fromA = Layout.broadcast(operands.get(0).shape(), shape);
    int[] fromB = Layout.broadcast(operands.get(1).shape(), shape);
    double[] y = new double[fromA.length];
    for (int i = 0; i < y.length; i++) {
      double a = operands.get(0).elements()[fromA[i]];
      double b = operands.get(1).elements()[fromB[i]];
      y[i] = holds(a, b) ? 1 : 0;
    }
    return new DoubleArray(y, shape);
  }

  private boolean holds(double a, double b) {
    return switch (comparison) {
      case LESS -> a < b;
      case LESS_OR_EQUAL -> a <= b;
      case EQUAL -> a == b;
    };
  }
}
