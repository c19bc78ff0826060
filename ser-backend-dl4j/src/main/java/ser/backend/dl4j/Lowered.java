package ser.backend.dl4j;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * An operation of a graph in native operations.
 *
 * @param result its value
 * @param backward how a gradient passes through it
 */
record Lowered(ProgramTensor result, Backward backward) {

  /** The backward pass of an operation: a vector-Jacobian product. */
  @FunctionalInterface
  interface Backward {
    /**
     * Adds the backward pass to the program.
     *
     * @param gradient of the loss by the result
     * @param wanted the operands by which gradients are needed
     * @return the gradient by each of them
     */
    Map<Integer, ProgramTensor> gradients(ProgramTensor gradient, BitSet wanted);
  }

  /** The backward pass of an operation, one operand at a time. */
  @FunctionalInterface
  interface BackwardByOperand {
    ProgramTensor gradient(int operand, ProgramTensor gradient);
  }

  /** A value through which no gradient passes. */
  static Lowered withoutGradient(ProgramTensor result) {
    return new Lowered(result, (gradient, wanted) -> Map.of());
  }

  /** A value, and the gradient by each operand. */
  static Lowered of(ProgramTensor result, BackwardByOperand backward) {
    return new Lowered(
        result,
        (gradient, wanted) -> {
          Map<Integer, ProgramTensor> gradients = new LinkedHashMap<>();
          wanted.stream().forEach(i -> gradients.put(i, backward.gradient(i, gradient)));
          return gradients;
        });
  }

  /** An operation of one operand and the result's type with a backward kernel in ND4J. */
  static Lowered withKernel(Program program, NativeOp op, ProgramTensor x, ProgramTensor result) {
    return of(
        result,
        (operand, gradient) ->
            program.add(new NativeOp.Backward(op), DataType.FLOAT, x.shape(), x, gradient));
  }
}
