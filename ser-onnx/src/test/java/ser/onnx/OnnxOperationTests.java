package ser.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static ser.onnx.Calculation.counted;
import static ser.onnx.Calculation.tensor;
import static ser.onnx.Calculation.vector;
import static ser.onnx.Calculation.whole;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.api.graph.Dim;
import ser.api.graph.Op;
import ser.api.graph.Value;
import ser.api.spi.Backend;
import ser.api.spi.Device;
import ser.api.tensor.DataType;
import ser.api.tensor.Tensor;

/** What ONNX Runtime makes of each operation as exported, against numbers worked out by hand. */
class OnnxOperationTests {
  private static final Dim BATCH = Dim.symbol("batch");
  private static final Dim TIME = Dim.symbol("time");

  private final Backend backend = new OnnxRuntimeProvider().open(Device.CPU);

  @AfterEach
  void close() {
    backend.close();
  }

  /** One calculation and what it should give. */
  record Case(String name, Tensor expected, Function<Calculation, Value> body) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> elementwise() {
    return Stream.concat(
        Arrays.stream(Op.UnaryFunction.values())
            .map(
                function ->
                    new Case(
                        "unary " + function,
                        vector(unary(function, 0.25), unary(function, 1), unary(function, 3)),
                        c -> c.g.unary(function, c.input(vector(0.25, 1, 3))))),
        Stream.of(
            new Case(
                "whole numbers divide downwards",
                whole(3, -4, -4, 3, 0, Long.MIN_VALUE / 3 - 1),
                c ->
                    c.g.div(
                        c.input(whole(7, -7, 7, -7, 0, Long.MIN_VALUE)),
                        c.input(whole(2, 2, -2, -2, -5, 3)))),
            new Case(
                "fractions divide",
                vector(0.5, -3.5),
                c -> c.g.div(c.input(vector(1, -7)), c.g.constant(2))),
            new Case(
                "sums broadcast both operands",
                tensor(new double[] {11, 21, 12, 22}, 2, 2),
                c -> c.g.add(c.input(tensor(new double[] {1, 2}, 2, 1)), c.input(vector(10, 20)))),
            new Case(
                "what is not a number stays so",
                vector(Double.NaN, Double.NaN),
                c -> c.g.max(c.input(vector(Double.NaN, 0)), c.input(vector(0, Double.NaN)))),
            new Case(
                "comparisons give numbers",
                vector(1, 1, 0),
                c ->
                    c.g.compare(
                        Op.Comparison.LESS_OR_EQUAL, c.input(whole(1, 2, 3)), c.g.int64(2))),
            new Case(
                "equal",
                vector(0, 1),
                c ->
                    c.g.compare(
                        Op.Comparison.EQUAL, c.input(vector(Double.NaN, 0)), c.g.constant(-0.0))),
            new Case(
                "less",
                vector(1),
                c ->
                    c.g.compare(
                        Op.Comparison.LESS,
                        c.input(whole(1L << 60)),
                        c.input(whole((1L << 60) + 1)))),
            new Case(
                "any condition but 0 chooses, and what is not chosen does not show",
                vector(1, 2, 30, 40),
                c ->
                    c.g.where(
                        c.input(vector(-0.5, Double.NaN, 0, -0.0)),
                        c.input(vector(1, 2, Double.NaN, Double.NaN)),
                        c.input(vector(Double.NaN, Double.NaN, 30, 40)))),
            new Case(
                "fractions are dropped",
                whole(1, -1),
                c -> c.g.cast(c.input(vector(1.9, -1.9)), DataType.INT64)),
            new Case(
                "inference drops nothing, also inside a composite",
                vector(1, 2),
                c ->
                    c.g.composite(
                        "unknown",
                        List.of(c.input(vector(1, 2))),
                        o -> o.get(0).builder().dropout(o.get(0), 0.9)))));
  }

  private static double unary(Op.UnaryFunction function, double x) {
    return switch (function) {
      case NEG -> -x;
      case ABS, RELU -> x;
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

  static Stream<Case> sizesKnownOnlyInTheRun() {
    return Stream.of(
        new Case(
            "a range of a derived size",
            vector(0, 1, 2),
            c -> {
              c.input(counted(5), TIME);
              return c.g.range(TIME.plus(1).floorDivide(2));
            }),
        new Case(
            "a size below 0 is 0",
            whole(),
            c -> {
              c.input(counted(2), TIME);
              return c.g.add(new Op.Range(TIME.plus(-7).floorDivide(2), DataType.INT64), List.of());
            }),
        new Case(
            "own steps",
            tensor(new double[] {1, 1, 0, 0, 0, 0, 1, 1, 1}, 3, 3),
            c -> {
              c.input(counted(6), TIME);
              return c.g.lengthMask(c.input(whole(2, 0, 7), BATCH), TIME.floorDivide(2));
            }),
        new Case(
            "own steps of no clip",
            counted(0, 3),
            c -> c.g.lengthMask(c.input(whole(), BATCH), Dim.of(3))),
        new Case(
            "reshape that keeps the places of names",
            counted(2, 3, 2, 2),
            c ->
                c.g.reshape(
                    c.input(counted(2, 3, 4), BATCH, TIME, Dim.of(4)),
                    BATCH,
                    TIME,
                    Dim.of(2),
                    Dim.of(2))),
        new Case(
            "reshape that moves names",
            counted(3, 1, 2),
            c -> c.g.reshape(c.input(counted(2, 3), BATCH, TIME), TIME, Dim.of(1), BATCH)),
        new Case(
            "reshape of a derived size",
            counted(1, 2),
            c -> {
              Value x = c.input(counted(1, 1, 5), Dim.of(1), Dim.of(1), TIME);
              Value halves =
                  c.g.pool(new Op.Pool(Op.Pooling.MAX, List.of(1), List.of(2), List.of(0)), x);
              Value two =
                  c.g.pool(new Op.Pool(Op.Pooling.MAX, List.of(1), List.of(2), List.of(0)), halves);
              Value flat = c.g.reshape(two, two.dim(2), Dim.of(1));
              return c.g.transpose(c.g.scale(flat, 0.25), 1, 0);
            }),
        new Case(
            "reshape without elements",
            counted(2, 0, 2),
            c -> c.g.reshape(c.input(counted(0, 4), TIME, Dim.of(4)), Dim.of(2), TIME, Dim.of(2))),
        new Case(
            "reshape of a named size and of 0",
            counted(3, 0, 2),
            c -> c.g.reshape(c.input(counted(3, 0), TIME, Dim.of(0)), TIME, Dim.of(0), Dim.of(2))));
  }

  static Stream<Case> reductionsAndLayout() {
    return Stream.of(
        new Case(
            "sum over all axes",
            tensor(new double[] {15}, 1, 1),
            c -> c.g.sum(c.input(counted(2, 3)), 0, 1)),
        new Case(
            "sum of nothing",
            tensor(new double[] {0, 0}, 1, 2),
            c -> c.g.sum(c.input(counted(0, 2), TIME, Dim.of(2)), 0)),
        new Case(
            "mean",
            tensor(new double[] {1.5, 2.5, 3.5}, 1, 3),
            c -> c.g.reduce(Op.Reduction.MEAN, c.input(counted(2, 3)), 0)),
        new Case(
            "largest",
            tensor(new double[] {2, 5}, 2, 1),
            c -> c.g.reduce(Op.Reduction.MAX, c.input(counted(2, 3)), -1)),
        new Case(
            "softmax of large numbers over a middle axis",
            tensor(new double[] {0.5, 0.25, 0.5, 0.75}, 1, 2, 2),
            c ->
                c.g.softmax(
                    c.input(tensor(new double[] {1e30, 0, 1e30, Math.log(3)}, 1, 2, 2)), 1)),
        new Case(
            "log softmax of large numbers",
            vector(0, -1e6),
            c -> c.g.logSoftmax(c.input(vector(1e6, 0)), 0)),
        new Case(
            "transpose",
            tensor(new double[] {0, 3, 1, 4, 2, 5}, 3, 2),
            c -> c.g.transpose(c.input(counted(2, 3)), 1, 0)),
        new Case(
            "slice",
            tensor(new double[] {1, 4}, 2, 1),
            c -> c.g.slice(c.input(counted(2, 3)), 1, 1, 2)),
        new Case("empty slice", counted(2, 0), c -> c.g.slice(c.input(counted(2, 3)), 1, 3, 3)),
        new Case(
            "concatenation",
            tensor(new double[] {0, 1, 9, 2, 3, 8}, 2, 3),
            c -> c.g.concat(1, c.input(counted(2, 2)), c.input(tensor(new double[] {9, 8}, 2, 1)))),
        new Case(
            "matrix product of a batch that broadcasts",
            tensor(new double[] {3, 5, 13, 23, 23, 41, 33, 59}, 4, 1, 2),
            c ->
                c.g.matMul(
                    c.input(counted(4, 1, 2)), c.input(tensor(new double[] {2, 4, 3, 5}, 2, 2)))),
        new Case(
            "matrix product of nothing",
            tensor(new double[] {0, 0}, 1, 2),
            c -> c.g.matMul(c.input(counted(1, 0)), c.input(counted(0, 2)))),
        new Case(
            "layer normalisation far from 0",
            tensor(new double[] {-1, 3, 1, 1}, 2, 2),
            c ->
                c.g.layerNorm(
                    c.input(tensor(new double[] {10_001, 10_003, 1000.1, 1000.1}, 2, 2)),
                    c.input(vector(2, 2)),
                    c.input(vector(1, 1)),
                    1e-9)));
  }

  /** x is 0 … 5 or 0 … 8; the kernel's taps are 1, 10 and 100. */
  static Stream<Case> windows() {
    Tensor taps = tensor(new double[] {1, 10, 100}, 1, 1, 3);
    return Stream.of(
        new Case(
            "convolution with padding and a stride",
            tensor(new double[] {100 + 7, 321 + 7, 543 + 7}, 1, 1, 3),
            c ->
                c.g.conv(
                    new Op.Conv(List.of(2), List.of(1), List.of(1), 1),
                    c.input(counted(1, 1, 6), BATCH, Dim.of(1), TIME),
                    c.input(taps),
                    c.input(vector(7)))),
        new Case(
            "convolution with dilation",
            tensor(new double[] {420, 531}, 1, 1, 2),
            c ->
                c.g.conv(
                    new Op.Conv(List.of(1), List.of(0), List.of(2), 1),
                    c.input(counted(1, 1, 6)),
                    c.input(taps))),
        new Case(
            "convolution in groups over two axes of which one is padded",
            tensor(new double[] {0, 0, 0, 0, 0, 2, 3, 0}, 1, 2, 1, 4),
            c ->
                c.g.conv(
                    new Op.Conv(List.of(1, 1), List.of(0, 1), List.of(1, 1), 2),
                    c.input(counted(1, 2, 1, 2)),
                    c.input(tensor(new double[] {0, 1}, 2, 1, 1, 1)))),
        new Case(
            "average counts padding",
            tensor(new double[] {1 / 3., 2, 4}, 1, 1, 3),
            c ->
                c.g.pool(
                    new Op.Pool(Op.Pooling.AVERAGE, List.of(3), List.of(2), List.of(1)),
                    c.input(counted(1, 1, 6)))),
        new Case(
            "padding never is the largest",
            tensor(new double[] {-5, -5, -6, -9}, 1, 1, 4, 1),
            c ->
                c.g.pool(
                    new Op.Pool(Op.Pooling.MAX, List.of(2, 1), List.of(1, 1), List.of(1, 0)),
                    c.input(tensor(new double[] {-5, -6, -9}, 1, 1, 3, 1)))),
        new Case(
            "an empty batch is convolved",
            counted(0, 1, 4),
            c ->
                c.g.conv(
                    new Op.Conv(List.of(1), List.of(0), List.of(1), 1),
                    c.input(counted(0, 1, 6), BATCH, Dim.of(1), Dim.of(6)),
                    c.input(taps))));
  }

  @ParameterizedTest
  @MethodSource({"elementwise", "sizesKnownOnlyInTheRun", "reductionsAndLayout", "windows"})
  void meansWhatItsDefinitionSays(Case expected) {
    Calculation c = new Calculation();
    Tensor result = c.result(backend, expected.body.apply(c));
    assertThat(result.shape()).isEqualTo(expected.expected.shape());
    if (expected.expected.dataType() == DataType.INT64) {
      assertThat(result.longs()).isEqualTo(expected.expected.longs());
      return;
    }
    float[] values = expected.expected.floats();
    for (int i = 0; i < values.length; i++) {
      if (Float.isNaN(values[i])) {
        assertThat(result.floats()[i]).isNaN();
      } else {
        assertThat(result.floats()[i])
            .as("element %d of %s", i, Arrays.toString(result.floats()))
            .isCloseTo(values[i], within(2e-6f * Math.max(1, Math.abs(values[i]))));
      }
    }
  }

  @Test
  void everyOperationHasACase() {
    // Inputs are everywhere, parameters are in the tests of the exporter, and so is a state.
    Set<String> covered = new TreeSet<>(List.of("Dropout", "Parameter", "State"));
    Stream.of(elementwise(), sizesKnownOnlyInTheRun(), reductionsAndLayout(), windows())
        .flatMap(cases -> cases)
        .forEach(
            expected -> {
              Calculation c = new Calculation();
              c.g.output("result", expected.body.apply(c));
              c.g.build().nodes().forEach(n -> covered.add(n.op().getClass().getSimpleName()));
            });
    assertThat(covered)
        .containsExactlyElementsOf(
            Stream.of(Op.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .sorted()
                .toList());
  }
}
