package ser.conformance.cases;

import java.util.List;
import java.util.stream.Stream;
import ser.graph.ir.Dim;
import ser.graph.ir.Op;
import ser.graph.ir.Value;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/** Inputs, parameters, constants, ranges and masks: where values come from. */
public final class LeafCases {
  private static final Dim.Symbol BATCH = Dim.symbol("batch");
  private static final Dim.Symbol TIME = Dim.symbol("time");

  private LeafCases() {}

  /** {@return the cases} */
  public static Stream<Case> all() {
    return Stream.of(operands(), constants(), ranges(), masks())
        .flatMap(cases -> cases)
        .map(Case::exactly);
  }

  private static Stream<Case> operands() {
    return Stream.of(
        Case.smooth("operand that is the result", c -> c.any(2, 3)),
        Case.smooth("operand without dimensions that is the result", c -> c.any()),
        Case.smooth("operand without elements that is the result", c -> c.any(2, 0)),
        Case.value("whole operand that is the result", c -> c.whole(1, -2, 1L << 40)));
  }

  private static Stream<Case> constants() {
    return Stream.concat(
        Stream.of(
                0.1,
                -3.0,
                1e-30,
                1e30,
                16_777_217.0,
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY)
            .map(value -> Case.value("constant " + value, c -> c.g().constant(value))),
        Stream.of(
            Case.value("whole constant", c -> c.g().int64(-7)),
            Case.value("large whole constant", c -> c.g().int64(1L << 40))));
  }

  private static Stream<Case> ranges() {
    return Stream.of(
        range("range", Dim.of(5), DataType.FLOAT32),
        range("range of one", Dim.of(1), DataType.FLOAT32),
        range("range of nothing", Dim.of(0), DataType.FLOAT32),
        range("whole range", Dim.of(5), DataType.INT64),
        range("whole range of nothing", Dim.of(0), DataType.INT64),
        range("range of a named dimension", TIME, DataType.FLOAT32),
        range("whole range of a named dimension", TIME, DataType.INT64),
        range("range of half a dimension", TIME.plus(1).floorDivide(2), DataType.FLOAT32),
        range("range beyond a dimension", TIME.plus(3), DataType.FLOAT32),
        range("range of less than nothing", TIME.plus(-9), DataType.FLOAT32));
  }

  private static Case range(String name, Dim length, DataType dataType) {
    return Case.value(
        name,
        c -> {
          c.input(Tensor.zeros(DataType.FLOAT32, 7), TIME);
          return c.g().add(new Op.Range(length, dataType), List.of());
        });
  }

  private static Stream<Case> masks() {
    return Stream.of(
        Case.value("mask of lengths", c -> c.g().lengthMask(c.whole(2, 0, 4, 9, 1), Dim.of(4))),
        Case.value("mask of no clip", c -> c.g().lengthMask(c.whole(), Dim.of(4))),
        Case.value("mask of no steps", c -> c.g().lengthMask(c.whole(2, 0), Dim.of(0))),
        Case.value("mask of a named dimension", c -> c.g().lengthMask(lengths(c), TIME)),
        Case.value(
            "mask of half a dimension",
            c -> c.g().lengthMask(lengths(c), TIME.plus(1).floorDivide(2))));
  }

  private static Value lengths(CaseGraph c) {
    c.input(Tensor.zeros(DataType.FLOAT32, 3, 5), BATCH, TIME);
    return c.input(Tensor.of(new long[] {5, 1, 3}, 3), BATCH);
  }
}
