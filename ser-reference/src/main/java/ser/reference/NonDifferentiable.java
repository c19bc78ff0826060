package ser.reference;

/** A piecewise constant operation, which passes no gradient to its operands. */
@FunctionalInterface
interface NonDifferentiable extends OpSemantics {
  @Override
  default DoubleArray backward(int operand, Call call, DoubleArray gradient) {
    throw new IllegalStateException("a piecewise constant operation has no gradient");
  }
}
