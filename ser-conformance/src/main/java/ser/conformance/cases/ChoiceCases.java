package ser.conformance.cases;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import ser.graph.ir.Op;

/** Comparisons and what is chosen by them. */
public final class ChoiceCases {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  private ChoiceCases() {}

  /** {@return the cases} */
  public static Stream<Case> all() {
    return Stream.concat(
            Arrays.stream(Op.Comparison.values()).flatMap(ChoiceCases::compare), where())
        .map(Case::exactly);
  }

  private static Stream<Case> compare(Op.Comparison comparison) {
    String name = comparison.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return Stream.of(
        Case.value(
            name,
            c ->
                c.g()
                    .compare(
                        comparison,
                        c.row(1, 2, 3, INF, -INF, INF, 0),
                        c.row(2, 2, 2, INF, -INF, -INF, -0.0))),
        Case.value(
            name + " with a constant",
            c -> c.g().compare(comparison, c.row(1, 2, 3), c.g().constant(2))),
        Case.value(
            name + " of a constant",
            c -> c.g().compare(comparison, c.g().constant(2), c.row(1, 2, 3))),
        Case.value(
            name + " of a column with a row",
            c -> c.g().compare(comparison, c.any(3, 1), c.any(1, 4))),
        Case.value(name + " of nothing", c -> c.g().compare(comparison, c.any(0, 2), c.any(2))));
  }

  private static Stream<Case> where() {
    return Stream.of(
        Case.smooth(
            "where",
            c ->
                c.g()
                    .where(
                        c.g().compare(Op.Comparison.LESS, c.distinct(2, 3), c.g().constant(0.05)),
                        c.any(2, 3),
                        c.any(2, 3))),
        Case.smooth(
            "where with branches broadcast",
            c ->
                c.g()
                    .where(
                        c.g().compare(Op.Comparison.LESS, c.distinct(4, 3), c.g().constant(0.05)),
                        c.any(4, 1),
                        c.any(3))),
        Case.smooth(
            "where with the condition broadcast",
            c ->
                c.g()
                    .where(
                        c.g().compare(Op.Comparison.LESS, c.distinct(2, 1), c.g().constant(0.05)),
                        c.any(2, 3),
                        c.any())),
        Case.value(
            "where with constants",
            c -> c.g().where(c.row(-0.5, 2, 0, -0.0), c.g().constant(1), c.g().constant(0))),
        Case.value("where of nothing", c -> c.g().where(c.any(0, 1), c.any(0, 2), c.any(0, 2))),
        Case.value(
            "where what is not chosen is not a number",
            c ->
                c.g()
                    .where(
                        c.row(1, 0, -0.0, 1), c.row(1, NAN, INF, -INF), c.row(NAN, 20, 30, INF))));
  }
}
