package ser.reference;

import java.util.List;

/** Elementwise selection: condition ? then : otherwise, broadcast. */
record ElementwiseWhere() implements OpSemantics {
  private static final int CONDITION = 0;
  private static final int THEN = 1;
  private static final int OTHERWISE = 2;

  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    double[] y = new double[Strides.size(shape)];
    int[] chosen = chosen(operands.get(CONDITION), shape);
    for (int branch = THEN; branch <= OTHERWISE; branch++) {
      int[] from = Strides.broadcast(operands.get(branch).shape(), shape);
      for (int i = 0; i < y.length; i++) {
        if (chosen[i] == branch) {
          y[i] = operands.get(branch).elements()[from[i]];
        }
      }
    }
    return new DoubleArray(y, shape);
  }

  @Override
  public DoubleArray backward(int operand, Call call, DoubleArray gradient) {
    DoubleArray byBranch = DoubleArray.zeros(call.operand(operand).shape());
    int[] chosen = chosen(call.operand(CONDITION), gradient.shape());
    int[] from = Strides.broadcast(byBranch.shape(), gradient.shape());
    for (int i = 0; i < from.length; i++) {
      if (chosen[i] == operand) {
        byBranch.elements()[from[i]] += gradient.elements()[i];
      }
    }
    return byBranch;
  }

  /** The index of the operand that each element of the result comes from. */
  private static int[] chosen(DoubleArray condition, long[] shape) {
    int[] chosen = Strides.broadcast(condition.shape(), shape);
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = condition.elements()[chosen[i]] != 0 ? THEN : OTHERWISE;
    }
    return chosen;
  }
}
