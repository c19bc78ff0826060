package ser.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static ser.reference.GraphRun.LOSS;
import static ser.reference.GraphRun.draw;
import static ser.reference.GraphRun.get;
import static ser.reference.GraphRun.shuffled;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Op;
import ser.graph.ir.Value;
import ser.graph.tensor.Tensor;

/**
 * Gradients against central differences. The loss is Σ cᵢ·yᵢ with fixed random c. In float64, with
 * values near 1 and a step of 10⁻⁵, rounding (10⁻¹¹) and curvature (10⁻¹⁰·f‴) stay well below the
 * tolerance of 10⁻⁶.
 */
class GradientTests {
  private static final double STEP = 1e-5;

  /** An operation of one parameter [2, 6]. */
  record Case(String name, DoubleArray at, BiFunction<GraphRun, Value, Value> body) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case at(double[] at, String name, BiFunction<GraphRun, Value, Value> body) {
    return new Case(name, new DoubleArray(at, 2, 6), body);
  }

  /** Away from 0, of both signs. */
  private static double[] bothSigns() {
    return shuffled(1, 12, 0.3);
  }

  static Stream<Case> cases() {
    return Stream.concat(
        Stream.of(Op.UnaryFunction.values())
            .map(
                function ->
                    at(
                        function == Op.UnaryFunction.LOG
                                || function == Op.UnaryFunction.SQRT
                                || function == Op.UnaryFunction.RECIPROCAL
                            ? draw(2, 12, 0.7, 2)
                            : bothSigns(),
                        "unary " + function,
                        (c, x) -> c.g.unary(function, x))),
        Stream.of(
            at(bothSigns(), "add", (c, x) -> c.g.add(x, c.g.slice(x, 1, 0, 1))),
            at(bothSigns(), "sub", (c, x) -> c.g.sub(c.g.constant(1), c.g.sub(x, c.g.constant(2)))),
            at(bothSigns(), "mul", (c, x) -> c.g.mul(x, c.g.slice(x, 0, 1, 2))),
            at(draw(3, 12, 0.7, 2), "div", (c, x) -> c.g.div(x, c.g.slice(x, 1, 2, 3))),
            at(bothSigns(), "max", (c, x) -> c.g.max(x, c.g.slice(x, 1, 0, 1))),
            at(bothSigns(), "min", (c, x) -> c.g.min(x, c.g.constant(0.0))),
            at(
                bothSigns(),
                "where",
                (c, x) ->
                    c.g.where(
                        c.g.compare(Op.Comparison.LESS, x, c.g.constant(0)),
                        c.g.square(x),
                        c.g.tanh(x))),
            at(bothSigns(), "matrix product", (c, x) -> c.g.matMul(x, c.g.transpose(x, 1, 0))),
            at(
                bothSigns(),
                "matrix product of a batch",
                (c, x) ->
                    c.g.matMul(
                        c.g.reshape(x, Dim.of(2), Dim.of(3), Dim.of(2)),
                        c.input(draw(4, 6, -1, 1), 2, 3))),
            at(
                bothSigns(),
                "matrix product of one matrix with a batch",
                (c, x) ->
                    c.g.matMul(
                        c.g.transpose(x, 1, 0), c.g.reshape(x, Dim.of(3), Dim.of(2), Dim.of(2)))),
            at(bothSigns(), "sum", (c, x) -> c.g.sum(c.g.square(x), 0, 1)),
            at(bothSigns(), "mean", (c, x) -> c.g.reduce(Op.Reduction.MEAN, c.g.square(x), 1)),
            at(bothSigns(), "largest", (c, x) -> c.g.reduce(Op.Reduction.MAX, x, 1)),
            at(
                bothSigns(),
                "mean over both ends",
                (c, x) ->
                    c.g.reduce(
                        Op.Reduction.MEAN,
                        c.g.square(c.g.reshape(x, Dim.of(2), Dim.of(3), Dim.of(2))),
                        0,
                        2)),
            at(bothSigns(), "softmax", (c, x) -> c.g.softmax(x, 1)),
            at(bothSigns(), "log softmax", (c, x) -> c.g.logSoftmax(x, 0)),
            at(bothSigns(), "transpose", (c, x) -> c.g.transpose(x, 1, 0)),
            at(bothSigns(), "slice", (c, x) -> c.g.slice(x, 1, 1, 4)),
            at(bothSigns(), "concatenation", (c, x) -> c.g.concat(1, x, c.g.square(x))),
            at(
                draw(5, 12, -1, 1),
                "convolution",
                (c, x) ->
                    c.g.conv(
                        new Op.Conv(List.of(2), List.of(2), List.of(2), 1),
                        c.g.reshape(x, Dim.of(1), Dim.of(2), Dim.of(6)),
                        c.g.reshape(x, Dim.of(2), Dim.of(2), Dim.of(3)),
                        c.g.reshape(c.g.slice(x, 1, 0, 1), Dim.of(2)))),
            at(
                draw(5, 12, -1, 1),
                "convolution over two axes in groups",
                (c, x) ->
                    c.g.conv(
                        new Op.Conv(List.of(1, 2), List.of(1, 0), List.of(1, 1), 2),
                        c.g.reshape(x, Dim.of(1), Dim.of(2), Dim.of(2), Dim.of(3)),
                        c.g.reshape(
                            c.g.slice(x, 1, 0, 4), Dim.of(2), Dim.of(1), Dim.of(2), Dim.of(2)))),
            at(bothSigns(), "largest of windows", (c, x) -> pooled(c, x, Op.Pooling.MAX)),
            at(bothSigns(), "average of windows", (c, x) -> pooled(c, x, Op.Pooling.AVERAGE)),
            at(
                bothSigns(),
                "layer normalisation",
                (c, x) ->
                    c.g.layerNorm(
                        c.g.reshape(x, Dim.of(4), Dim.of(3)),
                        c.g.reshape(c.g.slice(c.g.slice(x, 0, 0, 1), 1, 0, 3), Dim.of(3)),
                        c.g.reshape(c.g.slice(c.g.slice(x, 0, 1, 2), 1, 0, 3), Dim.of(3)),
                        1e-5)),
            at(draw(7, 12, -1, 1), "LSTM", (c, x) -> lstm(c, x, Op.Direction.FORWARD)),
            at(
                draw(8, 12, -1, 1),
                "LSTM over the reverse direction",
                (c, x) -> lstm(c, x, Op.Direction.REVERSE)),
            at(
                bothSigns(),
                "composite",
                (c, x) -> c.g.composite("c", List.of(x), o -> o.get(0).builder().tanh(o.get(0)))),
            at(draw(6, 12, -1, 1), "attention", GradientTests::attention)));
  }

  private static Value pooled(GraphRun c, Value x, Op.Pooling pooling) {
    Op.Pool op = new Op.Pool(pooling, List.of(3), List.of(2), List.of(1));
    return c.g.pool(op, c.g.reshape(x, Dim.of(1), Dim.of(2), Dim.of(6)));
  }

  /** The parameter is the features, and in other orders the weights and the bias. */
  private static Value lstm(GraphRun c, Value x, Op.Direction direction) {
    return c.g.lstm(
        new Op.Lstm(1, direction),
        c.g.reshape(x, Dim.of(2), Dim.of(3), Dim.of(2)),
        c.g.reshape(c.g.slice(x, 1, 1, 5), Dim.of(4), Dim.of(2)),
        c.g.reshape(c.g.slice(c.g.square(x), 1, 0, 2), Dim.of(4), Dim.of(1)),
        c.g.reshape(c.g.slice(x, 1, 4, 6), Dim.of(4)),
        c.int64(3, 2));
  }

  private static Value attention(GraphRun c, Value x) {
    Value heads = c.g.reshape(x, Dim.of(1), Dim.of(2), Dim.of(3), Dim.of(2));
    Value bias = c.g.matMul(heads, c.g.transpose(heads, 0, 1, 3, 2));
    return c.g.composite(
        "attention", List.of(heads, c.g.square(heads), heads, bias), GradientTests::attended);
  }

  /** softmax(Q·Kᵀ + bias)·V. */
  private static Value attended(List<Value> o) {
    GraphBuilder inner = o.get(0).builder();
    Value scores = inner.matMul(o.get(0), inner.transpose(o.get(1), 0, 1, 3, 2));
    return inner.matMul(inner.softmax(inner.add(scores, o.get(3)), -1), o.get(2));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isTheSlopeOfTheFunction(Case at) {
    GraphRun c = new GraphRun();
    Interpreter interpreter = new Interpreter(loss(c, at));
    Gradients gradients = interpreter.differentiate(LOSS, c.parameters, c.inputs);
    assertThat(gradients.outputs()).isEqualTo(interpreter.run(c.parameters, c.inputs));
    double[] found = get(gradients.parameters(), "parameter0").elements();
    for (int i = 0; i < found.length; i++) {
      double slope =
          (moved(interpreter, c, at, i, STEP) - moved(interpreter, c, at, i, -STEP)) / (2 * STEP);
      assertThat(found[i])
          .as("element %d of %s", i, Arrays.toString(found))
          .isCloseTo(slope, within(1e-6 * Math.max(1e-2, Math.abs(slope))));
    }
  }

  private static double moved(
      Interpreter interpreter, GraphRun c, Case at, int element, double by) {
    double[] moved = at.at.elements().clone();
    moved[element] += by;
    Map<String, DoubleArray> parameters = Map.of("parameter0", new DoubleArray(moved, 2, 6));
    return get(interpreter.run(parameters, c.inputs), LOSS).elements()[0];
  }

  static Graph loss(GraphRun c, Case at) {
    Value y = at.body.apply(c, c.parameter(at.at.elements(), 2, 6));
    long[] shape = y.type().fixedShape();
    Value coefficients = c.input(draw(9, (int) Tensor.sizeOf(shape), -1, 1), shape);
    c.g.output(LOSS, c.sum(c.g.mul(y, coefficients)));
    return c.g.build();
  }
}
