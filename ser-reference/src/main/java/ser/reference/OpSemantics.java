package ser.reference;

import java.util.List;

/** The semantics of an operation: its value, and its vector-Jacobian product. */
interface OpSemantics {
  /**
   * Computes the result.
   *
   * @param operands the operands' values
   * @param shape the result's shape in this run, as the op's shape rule infers it
   * @return the result
   * @throws ser.api.BackendException when there is no result for such operands
   */
  DoubleArray forward(List<DoubleArray> operands, long[] shape);

  /**
   * Applies the chain rule: Σᵢ ∂loss/∂resultᵢ · ∂resultᵢ/∂operand.
   *
   * @param operand the operand's index, counted from 0; one by which the op is differentiable
   * @param call the operands and the result of {@link #forward}
   * @param gradient ∂loss/∂result, of the result's shape
   * @return ∂loss/∂operand, of the operand's shape
   */
  DoubleArray backward(int operand, Call call, DoubleArray gradient);

  /**
   * One application of an operation.
   *
   * @param operands the operands' values
   * @param result the value that {@link #forward} returned for them
   */
  record Call(List<DoubleArray> operands, DoubleArray result) {
    DoubleArray operand(int index) {
      return operands.get(index);
    }
  }
}
