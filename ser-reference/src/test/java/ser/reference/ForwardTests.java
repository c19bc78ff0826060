package ser.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static ser.reference.GraphRun.d;
import static ser.reference.GraphRun.upTo;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.graph.ir.Dim;
import ser.graph.ir.Op;
import ser.graph.ir.Value;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/**
 * Each operation's value, against numbers worked out by hand. Windows have tests of their own.
 * Inputs are float32, so what must be exact beyond it is a parameter.
 */
class ForwardTests {
  /** One calculation and what it should give. */
  record Case(String name, Function<GraphRun, Value> body, DoubleArray expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case of(
      String name, double[] expected, List<Long> shape, Function<GraphRun, Value> body) {
    long[] dims = shape.stream().mapToLong(Long::longValue).toArray();
    return new Case(name, body, new DoubleArray(expected, dims));
  }

  private static final double INF = Double.POSITIVE_INFINITY;

  static Stream<Case> leaves() {
    return Stream.of(
        of("an input passes", d(1, 2), List.of(2L), c -> c.input(d(1, 2), 2)),
        of("a parameter", d(1, 2), List.of(2L), c -> c.parameter(d(1, 2), 2)),
        of("a parameter without dimensions", d(3), List.of(), c -> c.parameter(d(3))),
        of("a constant", d(0.1f), List.of(), c -> c.g.constant(0.1)),
        of("infinity", d(INF), List.of(), c -> c.g.constant(INF)),
        of("minus infinity", d(-INF), List.of(), c -> c.g.constant(-INF)),
        of("not a number", d(Double.NaN), List.of(), c -> c.g.constant(Double.NaN)),
        of("a tiny constant", d(1e-30f), List.of(), c -> c.g.constant(1e-30)),
        of("a whole constant", d(-7), List.of(), c -> c.g.int64(-7)),
        of("a range", d(0, 1, 2), List.of(3L), c -> c.g.range(Dim.of(3))),
        of("an empty range", d(), List.of(0L), c -> c.g.range(Dim.of(0))),
        of("a whole range", d(0, 1), List.of(2L), c -> c.g.int64Range(Dim.of(2))),
        of(
            "a range of a derived dimension",
            d(0, 1, 2),
            List.of(3L),
            c -> {
              c.input(Tensor.zeros(DataType.FLOAT32, 5), Dim.symbol("time"));
              return c.g.range(Dim.symbol("time").plus(1).floorDivide(2));
            }));
  }

  static Stream<Case> elementwise() {
    return Stream.concat(
        Arrays.stream(Op.UnaryFunction.values())
            .map(
                function ->
                    of(
                        "unary " + function,
                        d(unary(function, 0.25), unary(function, 1), unary(function, 3)),
                        List.of(3L),
                        c -> c.g.unary(function, c.input(d(0.25, 1, 3), 3)))),
        Stream.of(
            of(
                "functions of negative numbers",
                d(2, 0, -0.04550026389635842, -0.2384058440442351),
                List.of(4L),
                c -> {
                  Value x = c.input(d(-2), 1);
                  return c.g.concat(
                      0,
                      c.g.unary(Op.UnaryFunction.ABS, x),
                      c.g.relu(x),
                      c.g.unary(Op.UnaryFunction.GELU, x),
                      c.g.unary(Op.UnaryFunction.SILU, x));
                }),
            of(
                "sum",
                d(11, 22),
                List.of(2L),
                c -> c.g.add(c.input(d(1, 2), 2), c.input(d(10, 20), 2))),
            of(
                "sum that broadcasts both",
                d(11, 21, 12, 22),
                List.of(2L, 2L),
                c -> c.g.add(c.input(d(1, 2), 2, 1), c.input(d(10, 20), 2))),
            of(
                "difference from a number",
                d(9, 8),
                List.of(2L),
                c -> c.g.sub(c.g.constant(10), c.input(d(1, 2), 2))),
            of("difference", d(-9), List.of(1L), c -> c.g.sub(c.input(d(1), 1), c.g.constant(10))),
            of("product", d(2, 4), List.of(2L), c -> c.g.scale(c.input(d(1, 2), 2), 2)),
            of(
                "quotient",
                d(0.5, -1),
                List.of(2L),
                c -> c.g.div(c.input(d(1, -2), 2), c.g.constant(2))),
            of(
                "quotient by zero",
                d(INF, -INF),
                List.of(2L),
                c -> c.g.div(c.input(d(1, -2), 2), c.g.constant(0))),
            of(
                "larger",
                d(1, 3),
                List.of(2L),
                c -> c.g.max(c.input(d(1, 2), 2), c.input(d(0, 3), 2))),
            of(
                "larger than a number",
                d(1.5, 2),
                List.of(2L),
                c -> c.g.max(c.input(d(1, 2), 2), c.g.constant(1.5))),
            of(
                "smaller",
                d(0, 2),
                List.of(2L),
                c -> c.g.min(c.input(d(1, 2), 2), c.input(d(0, 3), 2))),
            of("two constants", d(5), List.of(), c -> c.g.add(c.g.constant(2), c.g.constant(3))),
            of(
                "whole numbers divide downwards",
                d(3, -4, 3, -3),
                List.of(4L),
                c -> c.g.div(c.int64(7, -7, 6, -6), c.g.int64(2))),
            of(
                "whole numbers divide downwards by tensors",
                d(-4, 3),
                List.of(2L),
                c -> c.g.div(c.int64(7, -7), c.int64(-2, -2))),
            of("whole numbers add", d(8), List.of(1L), c -> c.g.add(c.int64(7), c.g.int64(1))),
            of(
                "less",
                d(1, 0, 0),
                List.of(3L),
                c -> c.g.compare(Op.Comparison.LESS, c.input(d(1, 2, 3), 3), c.g.constant(2))),
            of(
                "less or equal",
                d(1, 1, 0),
                List.of(3L),
                c ->
                    c.g.compare(
                        Op.Comparison.LESS_OR_EQUAL, c.input(d(1, 2, 3), 3), c.g.constant(2))),
            of(
                "equal whole numbers",
                d(0, 1, 0),
                List.of(3L),
                c -> c.g.compare(Op.Comparison.EQUAL, c.int64(1, 2, 3), c.g.int64(2))),
            of(
                "what is not chosen does not show, not even NaN",
                d(1, 20, 30),
                List.of(3L),
                c ->
                    c.g.where(
                        c.input(d(1, 0, -0.0), 3),
                        c.input(d(1, Double.NaN, INF), 3),
                        c.input(d(Double.NaN, 20, 30), 3))),
            of(
                "any condition but 0 chooses",
                d(1, 1),
                List.of(2L),
                c -> c.g.where(c.input(d(-0.5, 2), 2), c.g.constant(1), c.g.constant(0))),
            of(
                "fractions are dropped",
                d(1, -1, 0),
                List.of(3L),
                c -> c.g.cast(c.input(d(1.9, -1.9, 0.5), 3), DataType.INT64)),
            of(
                "whole numbers become float32",
                d(3, -2),
                List.of(2L),
                c -> c.g.cast(c.int64(3, -2), DataType.FLOAT32)),
            of(
                "inference drops nothing",
                d(1, 2),
                List.of(2L),
                c -> c.g.dropout(c.input(d(1, 2), 2), 0.9))));
  }

  private static double unary(Op.UnaryFunction function, double x) {
    return switch (function) {
      case NEG -> -x;
      case ABS, RELU -> x;
      // From a table of the cosine.
      case COS ->
          x == 0.25 ? 0.9689124217106447 : x == 1 ? 0.5403023058681398 : -0.9899924966004454;
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case SQRT -> Math.sqrt(x);
      case SQUARE -> x * x;
      case RECIPROCAL -> 1 / x;
      case TANH -> Math.tanh(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      // x·Φ(x), from a table of the normal distribution.
      case GELU ->
          x * (x == 0.25 ? 0.5987063256829237 : x == 1 ? 0.8413447460685429 : 0.9986501019683699);
      case SILU -> x / (1 + Math.exp(-x));
    };
  }

  static Stream<Case> reductionsAndLayout() {
    return Stream.of(
        of("sum over one axis", d(3, 12), List.of(2L, 1L), c -> c.g.sum(c.input(upTo(6), 2, 3), 1)),
        of("sum over all axes", d(15), List.of(1L, 1L), c -> c.g.sum(c.input(upTo(6), 2, 3), 0, 1)),
        of("sum of nothing", d(0, 0), List.of(1L, 2L), c -> c.g.sum(c.input(d(), 0, 2), 0)),
        of(
            "mean",
            d(1.5, 2.5, 3.5),
            List.of(1L, 3L),
            c -> c.g.reduce(Op.Reduction.MEAN, c.input(upTo(6), 2, 3), 0)),
        of(
            "largest",
            d(2, 5),
            List.of(2L, 1L),
            c -> c.g.reduce(Op.Reduction.MAX, c.input(upTo(6), 2, 3), -1)),
        of(
            "softmax",
            d(0.25, 0.75, 0.5, 0.5),
            List.of(2L, 2L),
            c -> c.g.softmax(c.parameter(d(0, Math.log(3), 4, 4), 2, 2), 1)),
        of(
            "softmax over the first axis",
            d(0.5, 0.25, 0.5, 0.75),
            List.of(2L, 2L),
            c -> c.g.softmax(c.parameter(d(1, 0, 1, Math.log(3)), 2, 2), 0)),
        of(
            "softmax of large numbers",
            d(0.5, 0.5, 0),
            List.of(3L),
            c -> c.g.softmax(c.input(d(1e30, 1e30, -1e30), 3), 0)),
        of(
            "log softmax",
            d(Math.log(0.25), Math.log(0.75)),
            List.of(2L),
            c -> c.g.logSoftmax(c.parameter(d(0, Math.log(3)), 2), 0)),
        of(
            "log softmax of large numbers",
            d(0, -1e6),
            List.of(2L),
            c -> c.g.logSoftmax(c.input(d(1e6, 0), 2), 0)),
        of(
            "reshape",
            upTo(6),
            List.of(3L, 2L),
            c -> c.g.reshape(c.input(upTo(6), 2, 3), Dim.of(3), Dim.of(2))),
        of("reshape to a scalar", d(4), List.of(), c -> c.g.reshape(c.input(d(4), 1, 1))),
        of(
            "transpose",
            d(0, 3, 1, 4, 2, 5),
            List.of(3L, 2L),
            c -> c.g.transpose(c.input(upTo(6), 2, 3), 1, 0)),
        of(
            "reshape of a transpose",
            d(0, 3, 1, 4, 2, 5),
            List.of(6L),
            c -> c.g.reshape(c.g.transpose(c.input(upTo(6), 2, 3), 1, 0), Dim.of(6))),
        of("slice", d(1, 4), List.of(2L, 1L), c -> c.g.slice(c.input(upTo(6), 2, 3), 1, 1, 2)),
        of("empty slice", d(), List.of(2L, 0L), c -> c.g.slice(c.input(upTo(6), 2, 3), 1, 3, 3)),
        of(
            "concatenation",
            d(0, 1, 9, 2, 3, 8),
            List.of(2L, 3L),
            c -> c.g.concat(1, c.input(upTo(4), 2, 2), c.input(d(9, 8), 2, 1))),
        of("concatenation of one", d(1), List.of(1L), c -> c.g.concat(0, c.input(d(1), 1))),
        of(
            "matrix product",
            d(10, 13, 28, 40),
            List.of(2L, 2L),
            c -> c.g.matMul(c.input(upTo(6), 2, 3), c.input(upTo(6), 3, 2))),
        of(
            "matrix product of a batch",
            d(1, 1, 5, 2),
            List.of(2L, 1L, 2L),
            c ->
                c.g.matMul(c.input(upTo(4), 2, 1, 2), c.input(d(0, 1, 1, 1, 1, 1, 1, 0), 2, 2, 2))),
        of(
            "matrix product of an empty batch",
            d(),
            List.of(0L, 2L),
            c -> c.g.matMul(c.input(d(), 0, 3), c.input(upTo(6), 3, 2))),
        of(
            "layer normalisation",
            d(0, 2, 1, 1),
            List.of(2L, 2L),
            c ->
                c.g.layerNorm(
                    c.input(d(1, 3, 5, 5), 2, 2), c.input(d(2, 2), 2), c.input(d(1, 1), 2), 3)),
        of(
            "own steps",
            d(1, 1, 0, 0, 0, 0, 1, 1, 1),
            List.of(3L, 3L),
            c -> c.g.lengthMask(c.int64(2, 0, 7), Dim.of(3))),
        of("own steps of no clip", d(), List.of(0L, 3L), c -> c.g.lengthMask(c.int64(), Dim.of(3))),
        of(
            "composite",
            d(4),
            List.of(1L),
            c ->
                c.g.composite(
                    "unknown",
                    List.of(c.input(d(2), 1)),
                    o -> o.get(0).builder().square(o.get(0)))));
  }

  /**
   * LSTMs of one feature and one hidden element. A bias of ±100 opens or closes a gate, so that
   * with gates i and o open c is the sum of the candidates, as far back as f is open.
   */
  static Stream<Case> recurrence() {
    double one = Math.tanh(1);
    double two = Math.tanh(2);
    double[] x = {1, 2, 7, 2, 1, INF, Double.NaN, 7, 7};
    List<Long> shape = List.of(3L, 3L, 1L);
    double[] noRecurrence = {0, 0, 0, 0};
    return Stream.of(
        of(
            "LSTM with all gates open",
            d(Math.tanh(one), Math.tanh(one + two), 0, Math.tanh(two), 0, 0, 0, 0, 0),
            shape,
            c -> lstm(c, Op.Direction.FORWARD, x, noRecurrence, d(100, 100, 0, 100), 2, 1, 0)),
        of(
            "LSTM over the reverse direction",
            d(Math.tanh(two + one), Math.tanh(two), 0, Math.tanh(two), 0, 0, 0, 0, 0),
            shape,
            c -> lstm(c, Op.Direction.REVERSE, x, noRecurrence, d(100, 100, 0, 100), 2, 1, -3)),
        of(
            "LSTM with the forget gate closed",
            d(Math.tanh(one), Math.tanh(two), 0),
            List.of(1L, 3L, 1L),
            c -> lstm(c, Op.Direction.FORWARD, d(1, 2, 7), noRecurrence, d(100, -100, 0, 100), 2)),
        of(
            "LSTM with the input gate closed",
            d(0, 0, 0),
            List.of(1L, 3L, 1L),
            c -> lstm(c, Op.Direction.FORWARD, d(1, 2, 7), noRecurrence, d(-100, 100, 0, 100), 3)),
        of(
            "LSTM with the output gate half open",
            d(Math.tanh(one) / 2, Math.tanh(one + two) / 2, 0),
            List.of(1L, 3L, 1L),
            c -> lstm(c, Op.Direction.FORWARD, d(1, 2, 7), noRecurrence, d(100, 100, 0, 0), 2)),
        of(
            "LSTM with recurrent weights, lengths beyond the steps",
            d(Math.tanh(one), Math.tanh(Math.tanh(2 + 3 * Math.tanh(one)))),
            List.of(1L, 2L, 1L),
            c -> lstm(c, Op.Direction.FORWARD, d(1, 2), d(0, 0, 3, 0), d(100, -100, 0, 100), 9)),
        of(
            "LSTM of an empty batch",
            d(),
            List.of(0L, 2L, 1L),
            c -> lstm(c, Op.Direction.FORWARD, d(), noRecurrence, noRecurrence, new long[0], 2)),
        of(
            "LSTM of no steps",
            d(),
            List.of(2L, 0L, 1L),
            c -> lstm(c, Op.Direction.REVERSE, d(), noRecurrence, noRecurrence, new long[2], 0)));
  }

  private static Value lstm(
      GraphRun c,
      Op.Direction direction,
      double[] x,
      double[] recurrentWeights,
      double[] bias,
      long... lengths) {
    return lstm(c, direction, x, recurrentWeights, bias, lengths, x.length / lengths.length);
  }

  /** The input weights reach the candidate alone. */
  private static Value lstm(
      GraphRun c,
      Op.Direction direction,
      double[] x,
      double[] recurrentWeights,
      double[] bias,
      long[] lengths,
      int steps) {
    return c.g.lstm(
        new Op.Lstm(1, direction),
        c.input(x, lengths.length, steps, 1),
        c.input(d(0, 0, 1, 0), 4, 1),
        c.input(recurrentWeights, 4, 1),
        c.input(bias, 4),
        c.int64(lengths));
  }

  /** Axes of size 0, and what has no elements. */
  static Stream<Case> nothing() {
    Tensor empty = Tensor.zeros(DataType.FLOAT32, 0, 2, 5);
    Dim batch = Dim.symbol("batch");
    return Stream.of(
        of(
            "a function of nothing",
            d(),
            List.of(0L, 2L),
            c -> c.g.add(c.g.tanh(c.input(d(), 0, 2)), c.input(d(1, 2), 2))),
        of(
            "mean of nothing",
            d(Double.NaN, Double.NaN),
            List.of(1L, 2L),
            c -> c.g.reduce(Op.Reduction.MEAN, c.input(d(), 0, 2), 0)),
        of(
            "no mean at all",
            d(),
            List.of(0L, 1L),
            c -> c.g.reduce(Op.Reduction.MEAN, c.input(d(), 0, 2), 1)),
        of(
            "no largest at all",
            d(),
            List.of(0L, 1L),
            c -> c.g.reduce(Op.Reduction.MAX, c.input(d(), 0, 2), 1)),
        of("softmax of nothing", d(), List.of(2L, 0L), c -> c.g.softmax(c.input(d(), 2, 0), 1)),
        of("no softmax at all", d(), List.of(2L, 0L), c -> c.g.softmax(c.input(d(), 2, 0), 0)),
        of("log softmax of nothing", d(), List.of(0L), c -> c.g.logSoftmax(c.input(d(), 0), 0)),
        of(
            "softmax of minus infinity alone",
            d(Double.NaN, Double.NaN),
            List.of(2L),
            c -> c.g.softmax(c.input(d(-INF, -INF), 2), 0)),
        of(
            "matrix product over nothing",
            d(0, 0, 0, 0, 0, 0),
            List.of(2L, 3L),
            c -> c.g.matMul(c.input(d(), 2, 0), c.input(d(), 0, 3))),
        of(
            "reshape of nothing",
            d(),
            List.of(3L, 0L),
            c -> c.g.reshape(c.input(d(), 0, 2), Dim.of(3), Dim.of(0))),
        of(
            "concatenation with nothing",
            d(1, 2),
            List.of(1L, 2L),
            c -> c.g.concat(0, c.input(d(), 0, 2), c.input(d(1, 2), 1, 2))),
        of(
            "layer normalisation of no width",
            d(),
            List.of(2L, 0L),
            c -> c.g.layerNorm(c.input(d(), 2, 0), c.input(d(), 0), c.input(d(), 0), 1e-5)),
        of(
            "convolution of an empty batch",
            d(),
            List.of(0L, 3L, 4L),
            c ->
                c.g.conv(
                    new Op.Conv(List.of(1), List.of(0), List.of(1), 1),
                    c.input(empty, batch, Dim.of(2), Dim.of(5)),
                    c.input(new double[12], 3, 2, 2),
                    c.input(d(1, 2, 3), 3))),
        of(
            "pooling of an empty batch",
            d(),
            List.of(0L, 2L, 2L),
            c ->
                c.g.pool(
                    new Op.Pool(Op.Pooling.MAX, List.of(2), List.of(2), List.of(0)),
                    c.input(empty, batch, Dim.of(2), Dim.of(5)))));
  }

  @ParameterizedTest
  @MethodSource({"leaves", "elementwise", "reductionsAndLayout", "recurrence", "nothing"})
  void givesWhatItsDefinitionSays(Case expected) {
    GraphRun c = new GraphRun();
    DoubleArray result = c.result(expected.body.apply(c));
    assertThat(result.shape()).isEqualTo(expected.expected.shape());
    double[] values = expected.expected.elements();
    for (int i = 0; i < values.length; i++) {
      if (Double.isFinite(values[i])) {
        assertThat(result.elements()[i])
            .as("element %d of %s", i, Arrays.toString(result.elements()))
            .isCloseTo(values[i], within(1e-13 * Math.max(1, Math.abs(values[i]))));
      } else {
        assertThat(Double.compare(result.elements()[i], values[i])).isZero();
      }
    }
  }
}
