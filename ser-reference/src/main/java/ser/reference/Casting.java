package ser.reference;

import java.util.List;
import ser.graph.tensor.DataType;

/**
 * Conversion of the element type; to int64 by truncation.
 *
 * @param dataType the new element type
 */
record Casting(DataType dataType) implements NonDifferentiable {
  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    double[] y = operands.get(0).elements().clone();
    if (dataType == DataType.INT64) {
      for (int i = 0; i < y.length; i++) {
        y[i] = (long) y[i];
      }
    }
    return new DoubleArray(y, shape);
  }
}
