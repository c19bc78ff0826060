package ser.conformance.cases;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import ser.api.graph.Op;
import ser.api.graph.Op.BinaryFunction;
import ser.api.graph.Value;

/** Functions of two elements, broadcast. */
public final class BinaryCases {
  private static final double INF = Double.POSITIVE_INFINITY;

  private BinaryCases() {}

  /** Two shapes that broadcast. */
  private record Shapes(String name, long[] left, long[] right) {}

  private static final Shapes[] SHAPES = {
    new Shapes("", new long[] {2, 3}, new long[] {2, 3}),
    new Shapes(" with a row", new long[] {2, 3}, new long[] {3}),
    new Shapes(" of a row with a matrix", new long[] {3}, new long[] {2, 3}),
    new Shapes(" of a column with a row", new long[] {2, 1}, new long[] {1, 3}),
    new Shapes(" with a scalar", new long[] {2, 3}, new long[] {}),
    new Shapes(" of a scalar with a matrix", new long[] {}, new long[] {2, 3}),
    new Shapes(" of scalars", new long[] {}, new long[] {}),
    new Shapes(" of ranks far apart", new long[] {2}, new long[] {3, 1, 2, 1}),
    new Shapes(" across the middle", new long[] {2, 1, 3}, new long[] {2, 4, 1}),
    new Shapes(" of nothing", new long[] {0, 3}, new long[] {0, 3}),
    new Shapes(" of nothing with one", new long[] {2, 0}, new long[] {2, 1}),
    new Shapes(" of one with nothing", new long[] {1, 3}, new long[] {0, 3}),
  };

  /**
   * @return the cases of float32
   */
  public static Stream<Case> all() {
    return Stream.concat(
        Arrays.stream(BinaryFunction.values()).flatMap(BinaryCases::of), extremes());
  }

  private static Stream<Case> of(BinaryFunction function) {
    String name = name(function);
    Op.Binary op = new Op.Binary(function);
    Stream<Case> broadcast =
        Arrays.stream(SHAPES)
            .map(
                shapes ->
                    Case.smooth(
                        name + shapes.name,
                        c -> {
                          Value left = left(c, function, shapes.left);
                          return add(c, op, left, right(c, function, shapes.right));
                        }));
    Stream<Case> others =
        Stream.of(
            Case.smooth(
                name + " with a constant",
                c -> add(c, op, left(c, function, 2, 3), c.g().constant(1.25))),
            Case.smooth(
                name + " of a constant",
                c -> add(c, op, c.g().constant(1.37), right(c, function, 2, 3))),
            Case.value(
                name + " of constants", c -> add(c, op, c.g().constant(5), c.g().constant(2))));
    return Stream.concat(broadcast, others);
  }

  private static String name(BinaryFunction function) {
    return function.name().toLowerCase(Locale.ROOT);
  }

  private static Value add(Calculation c, Op op, Value left, Value right) {
    return c.g().add(op, List.of(left, right));
  }

  private static boolean compares(BinaryFunction function) {
    return function == BinaryFunction.MAX || function == BinaryFunction.MIN;
  }

  private static Value left(Calculation c, BinaryFunction function, long... shape) {
    return compares(function) ? c.distinct(shape) : c.any(shape);
  }

  private static Value right(Calculation c, BinaryFunction function, long... shape) {
    if (compares(function)) {
      // Half way between the elements of the left.
      return c.g().add(c.distinct(shape), c.g().constant(0.15));
    }
    return function == BinaryFunction.DIV ? c.between(0.5, 2, shape) : c.any(shape);
  }

  private static Stream<Case> extremes() {
    double[] left = {INF, INF, -INF, 1, -1, 0, 1e38, 1e-38};
    double[] right = {INF, -INF, 2, 0, 0, 0, -1e38, 1e38};
    return Stream.of(
        Case.value("add of extremes", c -> c.g().add(c.row(left), c.row(right))),
        Case.value("sub of extremes", c -> c.g().sub(c.row(left), c.row(right))),
        Case.value("mul of extremes", c -> c.g().mul(c.row(left), c.row(right))),
        Case.value("div of extremes", c -> c.g().div(c.row(left), c.row(right))),
        Case.value("div by the constant 0", c -> c.g().div(c.row(1, -1, 0), c.g().constant(0))),
        Case.value("max of extremes", c -> c.g().max(c.row(left), c.row(right))).exactly(),
        Case.value("min of extremes", c -> c.g().min(c.row(left), c.row(right))).exactly(),
        Case.value("max of equals", c -> c.g().max(c.row(left), c.row(left))).exactly(),
        Case.value("min of equals", c -> c.g().min(c.row(left), c.row(left))).exactly(),
        Case.smooth(
            "mul of an operand with itself",
            c -> {
              Value x = c.any(2, 3);
              return c.g().mul(x, x);
            }),
        Case.smooth(
            "sub of an operand from itself",
            c -> {
              Value x = c.any(2, 3);
              return c.g().sub(x, x);
            }));
  }
}
