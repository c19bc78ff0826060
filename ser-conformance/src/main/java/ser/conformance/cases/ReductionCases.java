package ser.conformance.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import ser.graph.ir.Op.Reduction;
import ser.graph.ir.Value;

/** Reductions along axes. */
public final class ReductionCases {
  private static final double INF = Double.POSITIVE_INFINITY;

  private ReductionCases() {}

  /** {@return the cases} */
  public static Stream<Case> all() {
    return Stream.concat(Arrays.stream(Reduction.values()).flatMap(ReductionCases::of), extremes());
  }

  private static Stream<Case> of(Reduction reduction) {
    List<Case> cases = new ArrayList<>();
    for (int axis = 0; axis < 3; axis++) {
      cases.add(of(reduction, new long[] {2, 3, 4}, axis));
    }
    cases.add(of(reduction, new long[] {5}, 0));
    cases.add(of(reduction, new long[] {2, 1, 3}, 1));
    cases.add(of(reduction, new long[] {1, 2, 1, 3, 2}, 3));
    cases.add(of(reduction, new long[] {3, 0}, 0));
    if (reduction != Reduction.MAX) {
      cases.add(of(reduction, new long[] {2, 3, 4}, 0, 2));
      cases.add(of(reduction, new long[] {2, 3, 4}, 2, 1));
      cases.add(of(reduction, new long[] {2, 3, 4}, 0, 1, 2));
      cases.add(of(reduction, new long[] {2, 3, 2, 2}, 0, 3));
    }
    return cases.stream();
  }

  private static Case of(Reduction reduction, long[] shape, int... axes) {
    String name =
        "%s of %s over %s"
            .formatted(
                reduction.name().toLowerCase(Locale.ROOT),
                Arrays.toString(shape),
                Arrays.toString(axes));
    return Case.smooth(name, c -> c.g().reduce(reduction, c.distinct(shape), axes));
  }

  private static Stream<Case> extremes() {
    return Stream.of(
        Case.smooth("sum of nothing is 0", c -> c.g().sum(c.any(0, 2), 0)),
        Case.smooth("sum of nothing over all axes is 0", c -> c.g().sum(c.any(2, 0), 0, 1)),
        Case.value("mean of nothing", c -> c.g().reduce(Reduction.MEAN, c.any(0, 2), 0)),
        Case.value("sum with infinity", c -> c.g().sum(c.row(1, INF, 2), 0)),
        Case.value("sum of opposite infinities", c -> c.g().sum(c.row(-INF, INF), 0)),
        Case.value("sum with what is not a number", c -> c.g().sum(c.row(1, Double.NaN), 0)),
        Case.value("mean of large numbers", c -> mean(c, 1e30, 2e30, 3e30)),
        Case.value("max of negative infinities", c -> max(c, -INF, -INF)),
        Case.value("max with infinity", c -> max(c, 1, INF, -INF)),
        Case.value("max of equals over an axis", c -> max(c, 2, 2, 2)));
  }

  private static Value mean(CaseGraph c, double... values) {
    return c.g().reduce(Reduction.MEAN, c.row(values), 0);
  }

  private static Value max(CaseGraph c, double... values) {
    return c.g().reduce(Reduction.MAX, c.row(values), 0);
  }
}
