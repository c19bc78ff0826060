package ser.reference;

import java.util.List;

/** A gather: each element of the result is a copy of one element of the operand. */
@FunctionalInterface
interface Gather extends OpSemantics {
  /**
   * Maps the result's elements to the operand's.
   *
   * @param operand the operand's dimensions
   * @param result the result's dimensions
   * @return for each element of the result, its index in the operand
   */
  int[] sources(long[] operand, long[] result);

  /** Result axis i is operand axis permutation[i]. */
  static Gather transpose(List<Integer> permutation) {
    return (operand, result) -> {
      int[] strides = Strides.strides(operand);
      int[] ordered = permutation.stream().mapToInt(axis -> strides[axis]).toArray();
      return Strides.indices(result, ordered, 0);
    };
  }

  /** The elements from {@code start} along an axis, as many as the result has. */
  static Gather slice(int axis, long start) {
    return (operand, result) -> {
      int[] strides = Strides.strides(operand);
      int first = (int) start * strides[Math.floorMod(axis, strides.length)];
      return Strides.indices(result, strides, first);
    };
  }

  @Override
  default DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    int[] sources = sources(operands.get(0).shape(), shape);
    double[] y = new double[sources.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = operands.get(0).elements()[sources[i]];
    }
    return new DoubleArray(y, shape);
  }

  @Override
  default DoubleArray backward(int operand, Call call, DoubleArray gradient) {
    DoubleArray byX = DoubleArray.zeros(call.operand(0).shape());
    int[] sources = sources(byX.shape(), gradient.shape());
    for (int i = 0; i < sources.length; i++) {
      byX.elements()[sources[i]] = gradient.elements()[i];
    }
    return byX;
  }
}
