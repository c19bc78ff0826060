package ser.conformance.cases;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import ser.graph.ir.Op;
import ser.graph.ir.Op.BinaryFunction;
import ser.graph.ir.Value;

/** Functions of two elements, broadcast. */
public final class BinaryCases {
  private static final double INF = Double.POSITIVE_INFINITY;

  private BinaryCases() {}

  /** Two shapes that broadcast. */
  private record Shapes(String name, List<Long> left, List<Long> right) {}

  private static final Shapes[] SHAPES = {
    new Shapes("", List.of(2L, 3L), List.of(2L, 3L)),
    new Shapes(" with a row", List.of(2L, 3L), List.of(3L)),
    new Shapes(" of a row with a matrix", List.of(3L), List.of(2L, 3L)),
    new Shapes(" of a column with a row", List.of(2L, 1L), List.of(1L, 3L)),
    new Shapes(" with a scalar", List.of(2L, 3L), List.of()),
    new Shapes(" of a scalar with a matrix", List.of(), List.of(2L, 3L)),
    new Shapes(" of scalars", List.of(), List.of()),
    new Shapes(" of ranks far apart", List.of(2L), List.of(3L, 1L, 2L, 1L)),
    new Shapes(" across the middle", List.of(2L, 1L, 3L), List.of(2L, 4L, 1L)),
    new Shapes(" of nothing", List.of(0L, 3L), List.of(0L, 3L)),
    new Shapes(" of nothing with one", List.of(2L, 0L), List.of(2L, 1L)),
    new Shapes(" of one with nothing", List.of(1L, 3L), List.of(0L, 3L)),
  };

  /** {@return the cases of float32} */
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
                          Value left = left(c, function, Case.shape(shapes.left));
                          return add(c, op, left, right(c, function, Case.shape(shapes.right)));
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

  private static Value add(CaseGraph c, Op op, Value left, Value right) {
    return c.g().add(op, List.of(left, right));
  }

  private static boolean compares(BinaryFunction function) {
    return function == BinaryFunction.MAX || function == BinaryFunction.MIN;
  }

  private static Value left(CaseGraph c, BinaryFunction function, long... shape) {
    return compares(function) ? c.distinct(shape) : c.any(shape);
  }

  private static Value right(CaseGraph c, BinaryFunction function, long... shape) {
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
