package ser.conformance.cases;

import java.util.List;
import java.util.function.Function;
import ser.graph.ir.Value;

/**
 * One way to use an operation.
 *
 * @param name unique among all cases
 * @param differentiable whether its operands lie where the gradient is the slope, away from kinks
 * @param exact whether float32 has but one answer: nothing is rounded, or once
 * @param body makes the result from operands that it asks the calculation for
 */
public record Case(
    String name, boolean differentiable, boolean exact, Function<CaseGraph, Value> body) {

  /** A case whose value and gradient are compared. */
  static Case smooth(String name, Function<CaseGraph, Value> body) {
    return new Case(name, true, false, body);
  }

  /** A case of which only the value is compared: extremes, kinks, whole numbers. */
  static Case value(String name, Function<CaseGraph, Value> body) {
    return new Case(name, false, false, body);
  }

  /** The same case, to be met to the last bit. */
  Case exactly() {
    return new Case(name, differentiable, true, body);
  }

  /** A shape as arrays have it. */
  static long[] shape(List<Long> dims) {
    return dims.stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public String toString() {
    return name;
  }
}
