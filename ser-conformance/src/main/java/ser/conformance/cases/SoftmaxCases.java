package ser.conformance.cases;

import java.util.function.BiFunction;
import java.util.stream.Stream;
import ser.graph.ir.Op;
import ser.graph.ir.Value;

/** Softmax and its logarithm. */
public final class SoftmaxCases {
  private static final double INF = Double.POSITIVE_INFINITY;

  private SoftmaxCases() {}

  /** {@return the cases} */
  public static Stream<Case> all() {
    return Stream.of(
            shapes("softmax", (c, x) -> c.g().softmax(x, x.type().rank() - 1)),
            shapes("log softmax", (c, x) -> c.g().logSoftmax(x, x.type().rank() - 1)),
            axes(),
            extremes())
        .flatMap(cases -> cases);
  }

  private static Stream<Case> shapes(String name, BiFunction<CaseGraph, Value, Value> op) {
    return Stream.of(
        Case.smooth(name, c -> op.apply(c, c.any(2, 3, 4))),
        Case.smooth(name + " of a row", c -> op.apply(c, c.any(5))),
        Case.smooth(name + " of one element", c -> op.apply(c, c.any(3, 1))),
        Case.smooth(name + " of no rows", c -> op.apply(c, c.any(0, 3))),
        Case.value(name + " of empty rows", c -> op.apply(c, c.any(3, 0))),
        Case.value(name + " of equals", c -> op.apply(c, c.row(7, 7, 7))),
        Case.value(name + " of numbers far apart", c -> op.apply(c, c.row(0, 50, 100))),
        Case.value(name + " of numbers below zero", c -> op.apply(c, c.row(-1e6, -1e6 - 1))));
  }

  private static Stream<Case> axes() {
    return Stream.of(0, 1)
        .flatMap(
            axis ->
                Stream.of(
                    Case.smooth(
                        "softmax over axis " + axis, c -> c.g().softmax(c.any(2, 3, 4), axis)),
                    Case.smooth(
                        "log softmax over axis " + axis,
                        c -> c.g().logSoftmax(c.any(2, 3, 4), axis))));
  }

  private static Stream<Case> extremes() {
    return Stream.of(
        Case.value("softmax of huge numbers", c -> c.g().softmax(c.row(1e30, 1e30, -1e30), 0)),
        Case.value(
            "softmax of nothing but minus infinity", c -> c.g().softmax(c.row(-INF, -INF), 0)),
        Case.value("softmax with minus infinity", c -> c.g().softmax(c.row(-INF, 1, 2), 0)),
        Case.value(
            "softmax of what a mask excludes", c -> c.g().softmax(c.row(0.5, -1e9, 0.25, -1e9), 0)),
        Case.value("softmax where a mask excludes all", c -> c.g().softmax(c.row(-1e9, -1e9), 0)),
        Case.value("log softmax of large numbers", c -> c.g().logSoftmax(c.row(1e6, 0, -1e6), 0)),
        Case.value("log softmax with minus infinity", c -> c.g().logSoftmax(c.row(-INF, 1, 2), 0)),
        Case.smooth(
            "softmax of a comparison's choice",
            c ->
                c.g()
                    .softmax(
                        c.g()
                            .where(
                                c.g().compare(Op.Comparison.LESS, c.row(0, 1, 0), c.row(1, 0, 1)),
                                c.any(2, 3),
                                c.g().constant(-1e9)),
                        1)));
  }
}
