package ser.reference;

import java.util.List;

/** What an operation means: its value, and how a gradient passes back through it. */
interface Rule {
  /**
   * @param operands the operands' values
   * @param shape the result's shape in this run, as the op's shape rule gives it
   * @return the result
   * @throws ser.api.BackendException when there is no result for such operands
   */
  DoubleArray forward(List<DoubleArray> operands, long[] shape);

  /**
   * The chain rule: Σᵢ ∂loss/∂resultᵢ · ∂resultᵢ/∂operand.
   *
   * @param operand by which operand, counted from 0; one that {@link #passesGradientTo}
   * @param call what went into the op and came out
   * @param gradient ∂loss/∂result, of the result's shape
   * @return ∂loss/∂operand, of the operand's shape
   */
  DoubleArray backward(int operand, Call call, DoubleArray gradient);

  /**
   * No gradient is not a gradient of 0: further back, 0 times an infinite slope would be NaN.
   *
   * @param operand which, counted from 0
   * @return whether the result changes steadily with that operand
   */
  default boolean passesGradientTo(int operand) {
    return true;
  }

  /**
   * One application of an op.
   *
   * @param operands the operands' values
   * @param result what {@link #forward} made of them
   */
  record Call(List<DoubleArray> operands, DoubleArray result) {
    DoubleArray operand(int index) {
      return operands.get(index);
    }
  }
}
