package ser.reference;

/** A function whose value changes in steps or not at all, so that no gradient passes back. */
@FunctionalInterface
interface Stepwise extends Rule {
  @Override
  default boolean passesGradientTo(int operand) {
    return false;
  }

  @Override
  default DoubleArray backward(int operand, Call call, DoubleArray gradient) {
    throw new IllegalStateException("no gradient passes through a step");
  }
}
