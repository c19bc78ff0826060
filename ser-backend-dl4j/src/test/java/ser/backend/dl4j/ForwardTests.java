package ser.backend.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static ser.backend.dl4j.Calculation.draw;

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
import ser.api.graph.Graph;
import ser.api.graph.Node;
import ser.api.graph.Op;
import ser.api.graph.Value;
import ser.api.spi.Backend;
import ser.api.spi.Device;
import ser.api.tensor.DataType;
import ser.api.tensor.Tensor;

/** Each operation's value, against numbers worked out without an engine. */
class ForwardTests {
  private final Backend backend = new Dl4jBackendProvider().open(Device.CPU);

  @AfterEach
  void close() {
    backend.close();
  }

  /** One calculation and what it should give. */
  record Case(String name, Function<Calculation, Value> body, Tensor expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case of(
      String name, float[] expected, List<Long> shape, Function<Calculation, Value> body) {
    return new Case(name, body, Tensor.of(expected, longs(shape)));
  }

  private static Case ofLongs(
      String name, long[] expected, List<Long> shape, Function<Calculation, Value> body) {
    return new Case(name, body, Tensor.of(expected, longs(shape)));
  }

  private static long[] longs(List<Long> shape) {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  private static float[] f(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static float[] upTo(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    return values;
  }

  private static final float INF = Float.POSITIVE_INFINITY;

  static Stream<Case> leaves() {
    return Stream.of(
        of("an input passes", f(1, 2), List.of(2L), c -> c.input(f(1, 2), 2)),
        of("a parameter", f(1, 2), List.of(2L), c -> c.parameter(f(1, 2), 2)),
        of("a parameter without dimensions", f(3), List.of(), c -> c.parameter(f(3))),
        of("a constant", f(0.1), List.of(), c -> c.g.constant(0.1)),
        of("infinity", f(INF), List.of(), c -> c.g.constant(INF)),
        of("minus infinity", f(-INF), List.of(), c -> c.g.constant(-INF)),
        of("not a number", f(Double.NaN), List.of(), c -> c.g.constant(Double.NaN)),
        of("a tiny constant", f(1e-30), List.of(), c -> c.g.constant(1e-30)),
        ofLongs("a whole constant", new long[] {-7}, List.of(), c -> c.g.int64(-7)),
        of("a range", f(0, 1, 2), List.of(3L), c -> c.g.range(Dim.of(3))),
        of("an empty range", f(), List.of(0L), c -> c.g.range(Dim.of(0))),
        ofLongs(
            "a whole range",
            new long[] {0, 1},
            List.of(2L),
            c -> c.g.add(new Op.Range(Dim.of(2), DataType.INT64), List.of())),
        of(
            "a range of a derived dimension",
            f(0, 1, 2),
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
                        f(unary(function, 0.25), unary(function, 1), unary(function, 3)),
                        List.of(3L),
                        c -> c.g.unary(function, c.input(f(0.25, 1, 3), 3)))),
        Stream.of(
            of(
                "functions of negative numbers",
                f(2, 0, -0.04550026389635842, -0.2384058440442351),
                List.of(4L),
                c -> {
                  Value x = c.input(f(-2), 1);
                  return c.g.concat(
                      0,
                      c.g.unary(Op.UnaryFunction.ABS, x),
                      c.g.relu(x),
                      c.g.unary(Op.UnaryFunction.GELU, x),
                      c.g.unary(Op.UnaryFunction.SILU, x));
                }),
            of(
                "sum",
                f(11, 22),
                List.of(2L),
                c -> c.g.add(c.input(f(1, 2), 2), c.input(f(10, 20), 2))),
            of(
                "sum that broadcasts both",
                f(11, 21, 12, 22),
                List.of(2L, 2L),
                c -> c.g.add(c.input(f(1, 2), 2, 1), c.input(f(10, 20), 2))),
            of(
                "difference from a number",
                f(9, 8),
                List.of(2L),
                c -> c.g.sub(c.g.constant(10), c.input(f(1, 2), 2))),
            of("difference", f(-9), List.of(1L), c -> c.g.sub(c.input(f(1), 1), c.g.constant(10))),
            of("product", f(2, 4), List.of(2L), c -> c.g.scale(c.input(f(1, 2), 2), 2)),
            of(
                "quotient",
                f(0.5, -1),
                List.of(2L),
                c -> c.g.div(c.input(f(1, -2), 2), c.g.constant(2))),
            of(
                "quotient by zero",
                f(INF, -INF),
                List.of(2L),
                c -> c.g.div(c.input(f(1, -2), 2), c.g.constant(0))),
            of(
                "larger",
                f(1, 3),
                List.of(2L),
                c -> c.g.max(c.input(f(1, 2), 2), c.input(f(0, 3), 2))),
            of(
                "larger than a number",
                f(1.5, 2),
                List.of(2L),
                c -> c.g.max(c.input(f(1, 2), 2), c.g.constant(1.5))),
            of(
                "smaller",
                f(0, 2),
                List.of(2L),
                c -> c.g.min(c.input(f(1, 2), 2), c.input(f(0, 3), 2))),
            of("two constants", f(5), List.of(), c -> c.g.add(c.g.constant(2), c.g.constant(3))),
            ofLongs(
                "whole numbers divide downwards",
                new long[] {3, -4, 3, -3},
                List.of(4L),
                c -> c.g.div(c.int64(7, -7, 6, -6), c.g.int64(2))),
            ofLongs(
                "whole numbers divide downwards by tensors",
                new long[] {-4, 3},
                List.of(2L),
                c -> c.g.div(c.int64(7, -7), c.int64(-2, -2))),
            ofLongs(
                "whole numbers add",
                new long[] {8},
                List.of(1L),
                c -> c.g.add(c.int64(7), c.g.int64(1))),
            of(
                "less",
                f(1, 0, 0),
                List.of(3L),
                c -> c.g.compare(Op.Comparison.LESS, c.input(f(1, 2, 3), 3), c.g.constant(2))),
            of(
                "less or equal",
                f(1, 1, 0),
                List.of(3L),
                c ->
                    c.g.compare(
                        Op.Comparison.LESS_OR_EQUAL, c.input(f(1, 2, 3), 3), c.g.constant(2))),
            of(
                "equal whole numbers",
                f(0, 1, 0),
                List.of(3L),
                c -> c.g.compare(Op.Comparison.EQUAL, c.int64(1, 2, 3), c.g.int64(2))),
            of(
                "what is not chosen does not show, not even NaN",
                f(1, 20, 30),
                List.of(3L),
                c ->
                    c.g.where(
                        c.input(f(1, 0, -0.0), 3),
                        c.input(f(1, Double.NaN, INF), 3),
                        c.input(f(Double.NaN, 20, 30), 3))),
            of(
                "any condition but 0 chooses",
                f(1, 1),
                List.of(2L),
                c -> c.g.where(c.input(f(-0.5, 2), 2), c.g.constant(1), c.g.constant(0))),
            ofLongs(
                "fractions are dropped",
                new long[] {1, -1, 0},
                List.of(3L),
                c -> c.g.cast(c.input(f(1.9, -1.9, 0.5), 3), DataType.INT64)),
            of(
                "whole numbers become float32",
                f(3, -2),
                List.of(2L),
                c -> c.g.cast(c.int64(3, -2), DataType.FLOAT32)),
            of(
                "inference drops nothing",
                f(1, 2),
                List.of(2L),
                c -> c.g.dropout(c.input(f(1, 2), 2), 0.9))));
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

  static Stream<Case> reductionsAndLayout() {
    return Stream.of(
        of("sum over one axis", f(3, 12), List.of(2L, 1L), c -> c.g.sum(c.input(upTo(6), 2, 3), 1)),
        of("sum over all axes", f(15), List.of(1L, 1L), c -> c.g.sum(c.input(upTo(6), 2, 3), 0, 1)),
        of("sum of nothing", f(0, 0), List.of(1L, 2L), c -> c.g.sum(c.input(f(), 0, 2), 0)),
        of(
            "mean",
            f(1.5, 2.5, 3.5),
            List.of(1L, 3L),
            c -> c.g.reduce(Op.Reduction.MEAN, c.input(upTo(6), 2, 3), 0)),
        of(
            "largest",
            f(2, 5),
            List.of(2L, 1L),
            c -> c.g.reduce(Op.Reduction.MAX, c.input(upTo(6), 2, 3), -1)),
        of(
            "softmax",
            f(0.25, 0.75, 0.5, 0.5),
            List.of(2L, 2L),
            c -> c.g.softmax(c.input(f(0, Math.log(3), 4, 4), 2, 2), 1)),
        of(
            "softmax over the first axis",
            f(0.5, 0.25, 0.5, 0.75),
            List.of(2L, 2L),
            c -> c.g.softmax(c.input(f(1, 0, 1, Math.log(3)), 2, 2), 0)),
        of(
            "softmax of large numbers",
            f(0.5, 0.5, 0),
            List.of(3L),
            c -> c.g.softmax(c.input(f(1e30, 1e30, -1e30), 3), 0)),
        of(
            "log softmax",
            f(Math.log(0.25), Math.log(0.75)),
            List.of(2L),
            c -> c.g.logSoftmax(c.input(f(0, Math.log(3)), 2), 0)),
        of(
            "log softmax of large numbers",
            f(0, -1e6),
            List.of(2L),
            c -> c.g.logSoftmax(c.input(f(1e6, 0), 2), 0)),
        of(
            "reshape",
            upTo(6),
            List.of(3L, 2L),
            c -> c.g.reshape(c.input(upTo(6), 2, 3), Dim.of(3), Dim.of(2))),
        of("reshape to a scalar", f(4), List.of(), c -> c.g.reshape(c.input(f(4), 1, 1))),
        of(
            "transpose",
            f(0, 3, 1, 4, 2, 5),
            List.of(3L, 2L),
            c -> c.g.transpose(c.input(upTo(6), 2, 3), 1, 0)),
        of(
            "reshape of a transpose",
            f(0, 3, 1, 4, 2, 5),
            List.of(6L),
            c -> c.g.reshape(c.g.transpose(c.input(upTo(6), 2, 3), 1, 0), Dim.of(6))),
        of("slice", f(1, 4), List.of(2L, 1L), c -> c.g.slice(c.input(upTo(6), 2, 3), 1, 1, 2)),
        of("empty slice", f(), List.of(2L, 0L), c -> c.g.slice(c.input(upTo(6), 2, 3), 1, 3, 3)),
        of(
            "concatenation",
            f(0, 1, 9, 2, 3, 8),
            List.of(2L, 3L),
            c -> c.g.concat(1, c.input(upTo(4), 2, 2), c.input(f(9, 8), 2, 1))),
        of("concatenation of one", f(1), List.of(1L), c -> c.g.concat(0, c.input(f(1), 1))),
        of(
            "matrix product",
            f(10, 13, 28, 40),
            List.of(2L, 2L),
            c -> c.g.matMul(c.input(upTo(6), 2, 3), c.input(upTo(6), 3, 2))),
        of(
            "matrix product of a batch",
            f(1, 1, 5, 2),
            List.of(2L, 1L, 2L),
            c ->
                c.g.matMul(c.input(upTo(4), 2, 1, 2), c.input(f(0, 1, 1, 1, 1, 1, 1, 0), 2, 2, 2))),
        of(
            "matrix product of an empty batch",
            f(),
            List.of(0L, 2L),
            c -> c.g.matMul(c.input(f(), 0, 3), c.input(upTo(6), 3, 2))),
        of(
            "layer normalisation",
            f(-1, 3, 1, 1),
            List.of(2L, 2L),
            c ->
                c.g.layerNorm(
                    c.input(f(1, 3, 5, 5), 2, 2), c.input(f(2, 2), 2), c.input(f(1, 1), 2), 1e-12)),
        of(
            "own steps",
            f(1, 1, 0, 0, 0, 0, 1, 1, 1),
            List.of(3L, 3L),
            c -> c.g.lengthMask(c.int64(2, 0, 7), Dim.of(3))),
        of("own steps of no clip", f(), List.of(0L, 3L), c -> c.g.lengthMask(c.int64(), Dim.of(3))),
        of(
            "composite",
            f(4),
            List.of(1L),
            c ->
                c.g.composite(
                    "unknown",
                    List.of(c.input(f(2), 1)),
                    o -> o.get(0).builder().square(o.get(0)))));
  }

  @ParameterizedTest
  @MethodSource({"leaves", "elementwise", "reductionsAndLayout"})
  void givesWhatItsDefinitionSays(Case expected) {
    Calculation c = new Calculation();
    Tensor result = c.result(backend, expected.body.apply(c));
    assertThat(result.shape()).isEqualTo(expected.expected.shape());
    if (expected.expected.dataType() == DataType.INT64) {
      assertThat(result.longs()).isEqualTo(expected.expected.longs());
    } else {
      float[] values = expected.expected.floats();
      for (int i = 0; i < values.length; i++) {
        if (Float.isFinite(values[i])) {
          assertThat(result.floats()[i])
              .as("element %d of %s", i, Arrays.toString(result.floats()))
              .isCloseTo(values[i], within(2e-6f * Math.max(1, Math.abs(values[i]))));
        } else {
          assertThat(Float.compare(result.floats()[i], values[i])).isZero();
        }
      }
    }
  }

  /** Sizes, strides, padding, dilation and groups of one spatial axis; the second axis differs. */
  private static final int[][] CONVOLUTIONS = {
    {7, 3, 1, 0, 1, 1},
    {7, 3, 2, 1, 1, 1},
    {9, 3, 1, 4, 3, 2},
    {1, 1, 1, 0, 1, 1},
    {8, 2, 3, 1, 2, 4},
    {5, 5, 1, 2, 1, 2}
  };

  @Test
  void convolutionIsTheSumOverTheWindow() {
    for (int[] a : CONVOLUTIONS) {
      for (int axes = 1; axes <= 2; axes++) {
        for (boolean bias : new boolean[] {false, true}) {
          convolution(a[0], a[1], a[2], a[3], a[4], a[5], axes == 2, bias);
        }
      }
    }
  }

  private void convolution(
      int size,
      int kernel,
      int stride,
      int padding,
      int dilation,
      int groups,
      boolean two,
      boolean bias) {
    int batch = 2;
    int channels = 4;
    int outputs = 8;
    int width = two ? 3 : 1; // Of the second axis, with a kernel of 2 and padding of 1.
    int kernelWidth = two ? 2 : 1;
    int pad = two ? 1 : 0;
    int each = channels / groups;
    float[] x = draw(1, batch * channels * size * width, -1, 1);
    float[] w = draw(2, outputs * each * kernel * kernelWidth, -1, 1);
    float[] b = draw(3, outputs, -1, 1);
    Calculation c = new Calculation();
    Op.Conv op =
        new Op.Conv(
            two ? List.of(stride, 1) : List.of(stride),
            two ? List.of(padding, pad) : List.of(padding),
            two ? List.of(dilation, 1) : List.of(dilation),
            groups);
    Value input =
        two ? c.input(x, batch, channels, size, width) : c.input(x, batch, channels, size);
    Value weight =
        two ? c.input(w, outputs, each, kernel, kernelWidth) : c.input(w, outputs, each, kernel);
    Tensor result =
        c.result(
            backend,
            bias ? c.g.conv(op, input, weight, c.input(b, outputs)) : c.g.conv(op, input, weight));

    int rows = (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
    int columns = width + 2 * pad - kernelWidth + 1;
    float[] expected = new float[batch * outputs * rows * columns];
    int index = 0;
    for (int n = 0; n < batch; n++) {
      for (int o = 0; o < outputs; o++) {
        for (int r = 0; r < rows; r++) {
          for (int q = 0; q < columns; q++) {
            double sum = bias ? b[o] : 0;
            for (int i = 0; i < each; i++) {
              int channel = o / (outputs / groups) * each + i;
              for (int k = 0; k < kernel; k++) {
                for (int l = 0; l < kernelWidth; l++) {
                  int row = r * stride - padding + k * dilation;
                  int column = q - pad + l;
                  if (row >= 0 && row < size && column >= 0 && column < width) {
                    sum +=
                        x[((n * channels + channel) * size + row) * width + column]
                            * w[((o * each + i) * kernel + k) * kernelWidth + l];
                  }
                }
              }
            }
            expected[index++] = (float) sum;
          }
        }
      }
    }
    assertThat(result.floats())
        .as(op + (two ? " 2-d" : " 1-d"))
        .containsExactly(expected, within(1e-5f));
  }

  @Test
  void poolingGivesTheLargestOrTheSumOverTheFullWindow() {
    for (int[] a :
        new int[][] {{7, 3, 2, 1}, {6, 2, 2, 0}, {5, 5, 1, 2}, {1, 3, 1, 1}, {4, 1, 1, 0}}) {
      for (Op.Pooling pooling : Op.Pooling.values()) {
        pool(pooling, a[0], a[1], a[2], a[3], false);
        pool(pooling, a[0], a[1], a[2], a[3], true);
      }
    }
  }

  private void pool(
      Op.Pooling pooling, int size, int window, int stride, int padding, boolean two) {
    int width = two ? 4 : 1; // Of the second axis, halved.
    int each = two ? 2 : 1;
    float[] x = draw(4, 6 * size * width, -2, -1);
    Calculation c = new Calculation();
    Op.Pool op =
        new Op.Pool(
            pooling,
            two ? List.of(window, each) : List.of(window),
            two ? List.of(stride, each) : List.of(stride),
            two ? List.of(padding, 0) : List.of(padding));
    Value input = two ? c.input(x, 2, 3, size, width) : c.input(x, 2, 3, size);
    Tensor result = c.result(backend, c.g.pool(op, input));

    int rows = (size + 2 * padding - window) / stride + 1;
    int columns = width / each;
    float[] expected = new float[6 * rows * columns];
    int index = 0;
    for (int plane = 0; plane < 6; plane++) {
      for (int r = 0; r < rows; r++) {
        for (int q = 0; q < columns; q++) {
          double sum = 0;
          double largest = Double.NEGATIVE_INFINITY;
          for (int row = r * stride - padding; row < r * stride - padding + window; row++) {
            for (int column = q * each; column < (q + 1) * each; column++) {
              if (row >= 0 && row < size) {
                float element = x[(plane * size + row) * width + column];
                sum += element;
                largest = Math.max(largest, element);
              }
            }
          }
          expected[index++] = (float) (pooling == Op.Pooling.MAX ? largest : sum / (window * each));
        }
      }
    }
    assertThat(result.floats())
        .as(op + (two ? " 2-d" : " 1-d"))
        .containsExactly(expected, within(1e-5f));
  }

  @Test
  void everyOperationHasACase() {
    Set<String> covered = new TreeSet<>(List.of("Conv", "Pool"));
    Stream.of(leaves(), elementwise(), reductionsAndLayout())
        .flatMap(cases -> cases)
        .forEach(
            expected -> {
              Calculation c = new Calculation();
              c.g.output("result", expected.body.apply(c));
              covered.addAll(operations(c.g.build()));
            });
    covered.add("State"); // Backends meet states as inputs.
    assertThat(covered)
        .containsExactlyElementsOf(
            Stream.of(Op.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .sorted()
                .toList());
  }

  static Set<String> operations(Graph graph) {
    Set<String> names = new TreeSet<>();
    for (Node node : graph.nodes()) {
      names.add(node.op().getClass().getSimpleName());
    }
    return names;
  }
}
