package ser.conformance.cases;

import java.util.stream.Stream;
import ser.graph.ir.Dim;
import ser.graph.ir.Value;

/** Reshape, transpose, slice and concatenation. */
public final class LayoutCases {
  private LayoutCases() {}

  /** {@return the cases} */
  public static Stream<Case> all() {
    return Stream.of(reshapes(), transposes(), slices(), concats())
        .flatMap(cases -> cases)
        .map(Case::exactly);
  }

  private static Stream<Case> reshapes() {
    return Stream.of(
        reshape("reshape that splits", new long[] {6, 4}, 2, 3, 4),
        reshape("reshape that merges", new long[] {2, 3, 4}, 6, 4),
        reshape("reshape that regroups", new long[] {2, 6}, 3, 4),
        reshape("reshape to a row", new long[] {2, 3}, 6),
        reshape("reshape to a scalar", new long[] {1, 1}),
        reshape("reshape of a scalar", new long[] {}, 1, 1, 1),
        reshape("reshape that adds ones", new long[] {2, 3}, 1, 2, 1, 3, 1),
        reshape("reshape of nothing", new long[] {0, 6}, 2, 3, 0),
        Case.smooth(
            "reshape of a transpose",
            c -> c.g().reshape(c.g().transpose(c.any(2, 3), 1, 0), Dim.of(6))),
        Case.smooth(
            "reshape of a slice",
            c -> c.g().reshape(c.g().slice(c.any(3, 4), 1, 1, 3), Dim.of(6))));
  }

  private static Case reshape(String name, long[] from, long... to) {
    return Case.smooth(
        name,
        c -> {
          Dim[] shape = new Dim[to.length];
          for (int i = 0; i < to.length; i++) {
            shape[i] = Dim.of(to[i]);
          }
          return c.g().reshape(c.any(from), shape);
        });
  }

  private static Stream<Case> transposes() {
    return Stream.of(
        Case.smooth("transpose", c -> c.g().transpose(c.any(2, 3), 1, 0)),
        Case.smooth("transpose that changes nothing", c -> c.g().transpose(c.any(2, 3), 0, 1)),
        Case.smooth("transpose of three axes", c -> c.g().transpose(c.any(2, 3, 4), 1, 2, 0)),
        Case.smooth("transpose of four axes", c -> c.g().transpose(c.any(2, 3, 1, 2), 0, 2, 1, 3)),
        Case.smooth("transpose of a row", c -> c.g().transpose(c.any(3), 0)),
        Case.smooth("transpose of nothing", c -> c.g().transpose(c.any(0, 3), 1, 0)),
        Case.smooth(
            "transpose of a transpose",
            c -> c.g().transpose(c.g().transpose(c.any(2, 3, 4), 2, 0, 1), 2, 0, 1)));
  }

  private static Stream<Case> slices() {
    return Stream.of(
        Case.smooth("slice of the first axis", c -> c.g().slice(c.any(4, 3), 0, 1, 3)),
        Case.smooth("slice of the last axis", c -> c.g().slice(c.any(2, 3, 4), 2, 2, 4)),
        Case.smooth("slice of the middle axis", c -> c.g().slice(c.any(2, 3, 4), 1, 0, 1)),
        Case.smooth("slice of all", c -> c.g().slice(c.any(2, 3), 1, 0, 3)),
        Case.smooth("slice of no elements", c -> c.g().slice(c.any(2, 3), 1, 3, 3)),
        Case.smooth("slice of nothing", c -> c.g().slice(c.any(0, 3), 1, 1, 2)),
        Case.smooth(
            "slice of a slice", c -> c.g().slice(c.g().slice(c.any(5, 4), 0, 1, 5), 1, 1, 3)));
  }

  private static Stream<Case> concats() {
    return Stream.of(
        Case.smooth("concat of the last axis", c -> c.g().concat(1, c.any(2, 2), c.any(2, 1))),
        Case.smooth("concat of the first axis", c -> c.g().concat(0, c.any(2, 2), c.any(1, 2))),
        Case.smooth(
            "concat of the middle axis",
            c -> c.g().concat(1, c.any(2, 1, 3), c.any(2, 2, 3), c.any(2, 1, 3))),
        Case.smooth("concat of one", c -> c.g().concat(0, c.any(3, 2))),
        Case.smooth("concat with nothing", c -> c.g().concat(1, c.any(2, 0), c.any(2, 3))),
        Case.smooth("concat of no rows", c -> c.g().concat(1, c.any(0, 1), c.any(0, 2))),
        Case.smooth(
            "concat of an operand with itself",
            c -> {
              Value x = c.any(2, 2);
              return c.g().concat(0, x, x);
            }));
  }
}
