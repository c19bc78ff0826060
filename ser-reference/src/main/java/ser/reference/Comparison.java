package ser.reference;

import java.util.List;
import ser.graph.ir.Op;

/**
 * Elementwise comparison, broadcast: 1 where true and 0 where not.
 *
 * @param comparison the relation
 */
record Comparison(Op.Comparison comparison) implements NonDifferentiable {
  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    int[] fromA = Strides.broadcast(operands.get(0).shape(), shape);
    int[] fromB = Strides.broadcast(operands.get(1).shape(), shape);
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
