package ser.conformance.cases;

import java.util.List;
import java.util.stream.Stream;
import ser.graph.ir.Dim;
import ser.graph.ir.Op;
import ser.graph.ir.Value;
import ser.graph.tensor.DataType;

/** Operations on int64, with numbers that float32 cannot hold. */
public final class WholeNumberCases {
  private static final long LARGE = (1L << 40) + 1;

  private WholeNumberCases() {}

  /** {@return the cases} */
  public static Stream<Case> all() {
    return Stream.of(
            Case.value("whole add", c -> c.g().add(c.whole(7, -7, LARGE), c.g().int64(1))),
            Case.value("whole sub", c -> c.g().sub(c.g().int64(1), c.whole(7, -7, LARGE))),
            Case.value("whole mul", c -> c.g().mul(c.whole(3, -4, LARGE), c.whole(5, 6, 7))),
            Case.value(
                "whole div rounds down",
                c -> c.g().div(c.whole(7, -7, 6, -6, 1, -1, 0, LARGE), c.g().int64(2))),
            Case.value(
                "whole div by an operand rounds down",
                c -> c.g().div(c.whole(7, -7, 7, -7, 6, -6), c.whole(2, 2, -2, -2, -3, -3))),
            Case.value("whole max", c -> c.g().max(c.whole(1, 5, LARGE), c.whole(2, 4, 3))),
            Case.value("whole min", c -> c.g().min(c.whole(1, 5, LARGE), c.g().int64(4))),
            Case.value(
                "whole add broadcasts",
                c -> c.g().add(matrix(c, 2, 1), c.whole(new long[] {10, 20, 30}, 1, 3))),
            Case.value("whole add of nothing", c -> c.g().add(c.whole(), c.g().int64(1))),
            Case.value(
                "whole add of constants", c -> c.g().add(c.g().int64(LARGE), c.g().int64(-3))),
            compare("whole less", Op.Comparison.LESS),
            compare("whole less or equal", Op.Comparison.LESS_OR_EQUAL),
            compare("whole equal", Op.Comparison.EQUAL),
            Case.value(
                "whole where",
                c ->
                    c.g()
                        .where(
                            c.row(1, 0, 1),
                            c.whole(LARGE, 2, 3),
                            c.whole(new long[] {9, 8}, 2, 1))),
            Case.value("whole reshape", c -> c.g().reshape(matrix(c, 2, 3), Dim.of(3), Dim.of(2))),
            Case.value("whole transpose", c -> c.g().transpose(matrix(c, 2, 3), 1, 0)),
            Case.value("whole slice", c -> c.g().slice(matrix(c, 2, 3), 1, 1, 3)),
            Case.value("whole concat", c -> c.g().concat(0, matrix(c, 2, 3), matrix(c, 1, 3))),
            Case.value(
                "whole composite",
                c ->
                    c.g()
                        .composite(
                            "whole",
                            List.of(matrix(c, 2, 3)),
                            o -> o.get(0).builder().add(o.get(0), o.get(0).builder().int64(1)))),
            Case.value("whole cast to whole", c -> c.g().cast(c.whole(LARGE), DataType.INT64)),
            Case.value(
                "whole cast to float32",
                c -> c.g().cast(c.whole(3, -2, 0, 16_777_217, LARGE), DataType.FLOAT32)),
            Case.value(
                "cast to whole drops the fraction",
                c -> c.g().cast(c.row(1.9, -1.9, 0.5, -0.5, 0, 2, 1e9), DataType.INT64)),
            Case.value("cast to float32", c -> c.g().cast(c.row(1.9, -1.9, 0), DataType.FLOAT32)),
            Case.value("cast of nothing", c -> c.g().cast(c.any(0, 2), DataType.INT64)))
        .map(Case::exactly);
  }

  private static Value matrix(CaseGraph c, long... shape) {
    long[] values = new long[(int) (shape[0] * shape[1])];
    for (int i = 0; i < values.length; i++) {
      values[i] = LARGE + i;
    }
    return c.whole(values, shape);
  }

  private static Case compare(String name, Op.Comparison comparison) {
    return Case.value(
        name,
        c ->
            c.g()
                .compare(
                    comparison,
                    c.whole(1, 2, 3, LARGE, LARGE),
                    c.whole(2, 2, 2, LARGE - 1, LARGE)));
  }
}
