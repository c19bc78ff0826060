package ser.conformance.cases;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import ser.graph.ir.Dim;
import ser.graph.ir.Op;
import ser.graph.ir.Value;
import ser.graph.tensor.Tensor;

/** LSTMs of clips of different lengths, over both directions. */
public final class RecurrenceCases {
  private RecurrenceCases() {}

  /** {@return the cases} */
  public static Stream<Case> all() {
    return Stream.concat(
        Arrays.stream(Op.Direction.values()).flatMap(RecurrenceCases::cases),
        Stream.of(
            Case.smooth(
                "lstm over both directions",
                c -> {
                  Value x = c.any(2, 3, 2);
                  return c.g()
                      .concat(
                          -1,
                          lstm(c, Op.Direction.FORWARD, 2, x, 3, 2),
                          lstm(c, Op.Direction.REVERSE, 2, x, 3, 2));
                }),
            Case.smooth(
                "lstm of two layers",
                c -> {
                  Value below = lstm(c, Op.Direction.FORWARD, 3, c.any(2, 3, 2), 3, 2);
                  return lstm(c, Op.Direction.REVERSE, 2, below, 3, 2);
                })));
  }

  private static Stream<Case> cases(Op.Direction direction) {
    String name = "lstm " + direction.name().toLowerCase(Locale.ROOT);
    return Stream.of(
        Case.smooth(name, c -> lstm(c, direction, 2, c.any(3, 4, 3), 4, 2, 3)),
        Case.smooth(
            name + " of clips without padding", c -> lstm(c, direction, 3, c.any(2, 3, 2), 3, 3)),
        Case.smooth(
            name + " of lengths 0 and 1", c -> lstm(c, direction, 2, c.any(3, 3, 2), 0, 1, 3)),
        Case.smooth(
            name + " of nothing but padding", c -> lstm(c, direction, 2, c.any(2, 3, 2), 0, 0)),
        Case.smooth(
            name + " of lengths outside the steps",
            c -> lstm(c, direction, 2, c.any(2, 3, 2), -4, 9)),
        Case.smooth(name + " of one step", c -> lstm(c, direction, 2, c.any(2, 1, 3), 1, 1)),
        Case.smooth(
            name + " of one feature, one hidden element and one clip",
            c -> lstm(c, direction, 1, c.any(1, 3, 1), 2)),
        // Not multiples of the width of a processor's vectors.
        Case.smooth(
            name + " of more features and hidden elements",
            c -> lstm(c, direction, 9, c.any(2, 5, 17), 5, 3)),
        Case.value(
            name + " of many steps",
            c -> lstm(c, direction, 16, c.between(-1, 1, 5, 70, 24), 70, 69, 8, 0, 33)),
        Case.value(
            name + " of large numbers",
            c -> lstm(c, direction, 2, c.between(-1e4, 1e4, 2, 3, 3), 3, 2)),
        Case.value(
            name + " with padding that is not finite",
            c ->
                lstm(
                    c,
                    direction,
                    2,
                    c.operand(
                        new double[] {
                          0.5, -1, 2, 1, 1, 1, Double.NaN, Double.POSITIVE_INFINITY, -1, Double.NaN
                        },
                        2,
                        5,
                        1),
                    5,
                    1)),
        Case.value(
            name + " with weights and bias 0",
            c ->
                c.g()
                    .lstm(
                        new Op.Lstm(2, direction),
                        c.any(2, 3, 1),
                        c.operand(new double[8], 8, 1),
                        c.operand(new double[16], 8, 2),
                        c.operand(new double[8], 8),
                        c.whole(3, 1))),
        Case.value(
            name + " of named sizes",
            c ->
                c.g()
                    .lstm(
                        new Op.Lstm(2, direction),
                        c.input(
                            Tensor.of(
                                new float[] {1, -2, 3, 0.5f, -1, 2, 2, -2, 1, 9, 9, 9}, 2, 3, 2),
                            Dim.symbol("clips"),
                            Dim.symbol("steps"),
                            Dim.of(2)),
                        c.any(8, 2),
                        c.any(8, 2),
                        c.any(8),
                        c.input(Tensor.of(new long[] {3, 2}, 2), Dim.symbol("clips")))),
        Case.smooth(
            name + " of segments of clips",
            c ->
                c.g()
                    .lstm(
                        new Op.Lstm(2, direction),
                        c.any(2, 3, 4, 3),
                        c.between(-1, 1, 8, 3),
                        c.between(-1, 1, 8, 2),
                        c.between(-1, 1, 8),
                        c.g().reshape(c.whole(4, 0, 3, 1, 9, 2), Dim.of(2), Dim.of(3)))),
        Case.value(
            name + " of segments of named sizes",
            c ->
                c.g()
                    .lstm(
                        new Op.Lstm(2, direction),
                        c.input(
                            Tensor.of(
                                new float[] {1, -2, 3, 0.5f, -1, 2, 2, -2, 1, 9, 9, 9}, 1, 2, 3, 2),
                            Dim.symbol("clips"),
                            Dim.symbol("segments"),
                            Dim.symbol("steps"),
                            Dim.of(2)),
                        c.any(8, 2),
                        c.any(8, 2),
                        c.any(8),
                        c.input(
                            Tensor.of(new long[] {3, 2}, 1, 2),
                            Dim.symbol("clips"),
                            Dim.symbol("segments")))),
        Case.smooth(name + " of no clips", c -> lstm(c, direction, 2, c.any(0, 3, 2))),
        Case.smooth(name + " of no steps", c -> lstm(c, direction, 2, c.any(2, 0, 2), 0, 4)));
  }

  private static Value lstm(
      CaseGraph c, Op.Direction direction, int hiddenSize, Value x, long... lengths) {
    long gates = (long) Op.Lstm.GATES * hiddenSize;
    return c.g()
        .lstm(
            new Op.Lstm(hiddenSize, direction),
            x,
            c.between(-1, 1, gates, x.type().dim(-1).size()),
            c.between(-1, 1, gates, hiddenSize),
            c.between(-1, 1, gates),
            c.whole(lengths));
  }
}
