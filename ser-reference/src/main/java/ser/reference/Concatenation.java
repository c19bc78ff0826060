package ser.reference;

import java.util.List;

/**
 * Concatenation along an axis.
 *
 * @param axis the axis, counted from 0
 */
record Concatenation(int axis) implements OpSemantics {
  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    DoubleArray result = DoubleArray.zeros(shape);
    for (int operand = 0; operand < operands.size(); operand++) {
      int[] places = places(operand, operands, shape);
      for (int i = 0; i < places.length; i++) {
        result.elements()[places[i]] = operands.get(operand).elements()[i];
      }
    }
    return result;
  }

  @Override
  public DoubleArray backward(int operand, Call call, DoubleArray gradient) {
    int[] places = places(operand, call.operands(), gradient.shape());
    DoubleArray byOperand = DoubleArray.zeros(call.operand(operand).shape());
    for (int i = 0; i < places.length; i++) {
      byOperand.elements()[i] = gradient.elements()[places[i]];
    }
    return byOperand;
  }

  /** The index in the result of each element of an operand. */
  private int[] places(int operand, List<DoubleArray> operands, long[] shape) {
    int[] strides = Strides.strides(shape);
    int before = operands.subList(0, operand).stream().mapToInt(o -> o.dim(axis)).sum();
    int first = before * strides[Math.floorMod(axis, strides.length)];
    return Strides.indices(operands.get(operand).shape(), strides, first);
  }
}
