package ser.conformance.cases;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import ser.graph.ir.Op.UnaryFunction;
import ser.graph.ir.Value;

/** Functions of one element. */
public final class UnaryCases {
  private static final double INF = Double.POSITIVE_INFINITY;

  private UnaryCases() {}

  /** {@return the cases} */
  public static Stream<Case> all() {
    return Stream.concat(Arrays.stream(UnaryFunction.values()).flatMap(UnaryCases::of), extremes());
  }

  private static Stream<Case> of(UnaryFunction function) {
    String name = function.name().toLowerCase(Locale.ROOT);
    return Stream.of(
        Case.smooth(name, c -> c.g().unary(function, operand(c, function, 2, 3, 4))),
        Case.smooth(name + " of a scalar", c -> c.g().unary(function, operand(c, function))),
        Case.smooth(name + " of nothing", c -> c.g().unary(function, operand(c, function, 0, 3))),
        Case.smooth(
            name + " of five dimensions",
            c -> c.g().unary(function, operand(c, function, 1, 2, 1, 3, 1))),
        Case.value(name + " of what is not a number", c -> of(c, function, Double.NaN, 1)));
  }

  private static Value operand(CaseGraph c, UnaryFunction function, long... shape) {
    return switch (function) {
      case LOG, SQRT, RECIPROCAL -> c.between(0.5, 3, shape);
      case ABS, RELU -> c.distinct(shape);
      default -> c.between(-3, 3, shape);
    };
  }

  private static Value of(CaseGraph c, UnaryFunction function, double... values) {
    return c.g().unary(function, c.row(values));
  }

  private static Stream<Case> extremes() {
    return Stream.of(
        extreme(UnaryFunction.NEG, INF, -INF, 1e38),
        extreme(UnaryFunction.ABS, INF, -INF, 0, -0.0, -1e38),
        extreme(UnaryFunction.COS, INF, -INF, 0, -0.0, 100, -100),
        extreme(UnaryFunction.EXP, INF, -INF, 0, 200, -200, 88),
        extreme(UnaryFunction.LOG, INF, 0, 1, 1e-30, 1e38, -1),
        extreme(UnaryFunction.SQRT, INF, 0, 1e-30, 1e38, -1),
        extreme(UnaryFunction.SQUARE, INF, -INF, 0, 1e30, -1e-30),
        extreme(UnaryFunction.RECIPROCAL, INF, -INF, 0, 1e30, -1e-30),
        extreme(UnaryFunction.TANH, INF, -INF, 0, 50, -50, 1e30),
        extreme(UnaryFunction.SIGMOID, INF, -INF, 0, 120, -120, 1e30, -1e30),
        extreme(UnaryFunction.RELU, INF, -INF, 0, -0.0, 1e38, -1e38),
        extreme(UnaryFunction.GELU, 0, 30, -30, 1e30, -6, 6),
        extreme(UnaryFunction.SILU, 0, 120, -120, 1e30, -20, 20));
  }

  private static Case extreme(UnaryFunction function, double... values) {
    String name = function.name().toLowerCase(Locale.ROOT) + " of extremes";
    return Case.value(name, c -> of(c, function, values));
  }
}
