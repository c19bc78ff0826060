package ser.backend.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static ser.backend.dl4j.Calculation.draw;
import static ser.backend.dl4j.Calculation.get;
import static ser.backend.dl4j.Calculation.shuffled;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.api.graph.Dim;
import ser.api.graph.Graph;
import ser.api.graph.Op;
import ser.api.graph.Value;
import ser.api.spi.Backend;
import ser.api.spi.Device;
import ser.api.spi.GradientFunction;
import ser.api.spi.ParameterVector;
import ser.api.tensor.Tensor;

/**
 * Gradients against central differences. The loss is Σ cᵢ·yᵢ with fixed random c, computed in
 * float32: with values near 1 and a step of 0.01, rounding (10⁻⁵) and curvature (10⁻⁴·f‴) stay well
 * below the tolerance of 0.5 % and 0.005.
 */
class GradientTests {
  private static final double STEP = 1e-2;

  private final Backend backend = new Dl4jBackendProvider().open(Device.CPU);

  @AfterEach
  void close() {
    backend.close();
  }

  /** An operation of one parameter [2, 6]. */
  record Case(String name, Tensor at, BiFunction<Calculation, Value, Value> body) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case at(float[] at, String name, BiFunction<Calculation, Value, Value> body) {
    return new Case(name, Tensor.of(at, 2, 6), body);
  }

  /** Away from 0, of both signs. */
  private static float[] bothSigns() {
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
            at(bothSigns(), "sum", (c, x) -> c.g.sum(c.g.square(x), 0, 1)),
            at(bothSigns(), "mean", (c, x) -> c.g.reduce(Op.Reduction.MEAN, c.g.square(x), 1)),
            at(bothSigns(), "largest", (c, x) -> c.g.reduce(Op.Reduction.MAX, x, 1)),
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
            at(
                bothSigns(),
                "composite",
                (c, x) -> c.g.composite("c", List.of(x), o -> o.get(0).builder().tanh(o.get(0)))),
            at(draw(6, 12, -1, 1), "fused attention", GradientTests::attention)));
  }

  private static Value pooled(Calculation c, Value x, Op.Pooling pooling) {
    Op.Pool op = new Op.Pool(pooling, List.of(3), List.of(2), List.of(1));
    return c.g.pool(op, c.g.reshape(x, Dim.of(1), Dim.of(2), Dim.of(6)));
  }

  private static Value attention(Calculation c, Value x) {
    Value heads = c.g.reshape(x, Dim.of(1), Dim.of(2), Dim.of(3), Dim.of(2));
    Value bias = c.g.matMul(heads, c.g.transpose(heads, 0, 1, 3, 2));
    return DecompositionTests.attention(c.g, List.of(heads, c.g.square(heads), heads, bias));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isTheSlopeOfTheFunction(Case at) {
    Calculation c = new Calculation();
    Graph graph = loss(c, at);
    ParameterVector parameters = new ParameterVector(graph, c.weights);
    ParameterVector gradients = new ParameterVector(graph);
    try (GradientFunction function = backend.differentiate(graph, "loss")) {
      function.evaluate(parameters, c.inputs, gradients);
      float[] found = gradients.toArray();
      float[] point = parameters.toArray();
      for (int i = 0; i < point.length; i++) {
        double slope =
            (moved(function, graph, point, i, STEP, c) - moved(function, graph, point, i, -STEP, c))
                / (2 * STEP);
        assertThat((double) found[i])
            .as("element %d of %s", i, Arrays.toString(found))
            .isCloseTo(slope, within(5e-3 * Math.max(1, Math.abs(slope))));
      }
    }
  }

  private static double moved(
      GradientFunction function,
      Graph graph,
      float[] point,
      int element,
      double by,
      Calculation c) {
    float[] moved = point.clone();
    moved[element] += (float) by;
    ParameterVector parameters = new ParameterVector(graph);
    parameters.set(moved);
    return get(function.evaluate(parameters, c.inputs, new ParameterVector(graph)), "loss")
        .floats()[0];
  }

  private static Graph loss(Calculation c, Case at) {
    Value y = at.body.apply(c, c.parameter(at.at.floats(), 2, 6));
    long[] shape = y.type().fixedShape();
    int[] axes = new int[shape.length];
    Arrays.setAll(axes, i -> i);
    Value coefficients = c.input(draw(9, (int) Tensor.sizeOf(shape), -1, 1), shape);
    c.g.output("loss", c.g.sum(c.g.mul(y, coefficients), axes));
    return c.g.build();
  }

  @Test
  void everyDifferentiableOperationHasACase() {
    Set<String> covered = new TreeSet<>();
    cases().forEach(at -> covered.addAll(ForwardTests.operations(loss(new Calculation(), at))));
    Set<String> all = new TreeSet<>();
    Stream.of(Op.class.getPermittedSubclasses()).map(Class::getSimpleName).forEach(all::add);
    // These have no gradient, or never reach a backend in training.
    all.removeAll(Set.of("Cast", "Range", "LengthMask", "Dropout", "State"));
    assertThat(covered).containsAll(all);
  }

  @Test
  void kinksHaveTheGradientTheyAreSaidToHave() {
    Calculation c = new Calculation();
    Value x = c.parameter(new float[] {0, 0}, 2);
    Value y =
        c.g.concat(
            0,
            c.g.unary(Op.UnaryFunction.ABS, x),
            c.g.relu(x),
            c.g.scale(c.g.max(x, c.g.constant(0)), 4));
    c.g.output("loss", c.g.sum(y, 0));
    assertThat(gradient(c)).containsExactly(2, 2);
  }

  @Test
  void whatIsNotChosenPassesNoGradientOn() {
    Calculation c = new Calculation();
    Value x = c.parameter(new float[] {-1, 4}, 2);
    Value positive = c.g.compare(Op.Comparison.LESS, c.g.constant(0), x);
    c.g.output("loss", c.g.sum(c.g.where(positive, c.g.sqrt(c.g.max(x, c.g.constant(1))), x), 0));
    assertThat(gradient(c)).containsExactly(1, 0.25f);
  }

  @Test
  void aLossWithoutParametersHasZeroGradients() {
    Calculation c = new Calculation();
    c.g.output("y", c.g.square(c.parameter(new float[] {1, 2}, 2)));
    c.g.output("loss", c.g.sum(c.input(new float[] {3}, 1), 0));
    assertThat(gradient(c)).containsExactly(0, 0);
  }

  @Test
  void aLossThatOnlyComparesParametersHasZeroGradients() {
    Calculation c = new Calculation();
    Value w = c.parameter(new float[] {1, 2}, 2);
    c.g.output("loss", c.g.sum(c.g.compare(Op.Comparison.LESS, w, c.g.constant(1.5)), 0));
    assertThat(gradient(c)).containsExactly(0, 0);
  }

  @Test
  void aParameterThatTheLossDoesNotReadHasAZeroGradient() {
    Calculation c = new Calculation();
    c.parameter(new float[] {1, 2}, 2);
    c.g.output("loss", c.g.sum(c.g.square(c.parameter(new float[] {3}, 1)), 0));
    assertThat(gradient(c)).containsExactly(0, 0, 6);
  }

  @Test
  void aGraphWithoutParametersHasNoGradients() {
    Calculation c = new Calculation();
    c.g.output("loss", c.g.sum(c.input(new float[] {3}, 1), 0));
    assertThat(gradient(c)).isEmpty();
  }

  @Test
  void gradientsOfOneCallDoNotAddToTheNext() {
    Calculation c = new Calculation();
    c.g.output("loss", c.g.sum(c.g.square(c.parameter(new float[] {1, 2}, 2)), 0));
    Graph graph = c.g.build();
    ParameterVector parameters = new ParameterVector(graph, c.weights);
    ParameterVector gradients = new ParameterVector(graph);
    gradients.set(new float[] {100, 100});
    try (GradientFunction function = backend.differentiate(graph, "loss")) {
      for (int i = 0; i < 3; i++) {
        function.evaluate(parameters, c.inputs, gradients);
        assertThat(gradients.toArray()).containsExactly(2, 4);
      }
    }
    assertThat(parameters.toArray()).as("read only").containsExactly(1, 2);
  }

  private float[] gradient(Calculation c) {
    Graph graph = c.g.build();
    ParameterVector gradients = new ParameterVector(graph);
    try (GradientFunction function = backend.differentiate(graph, "loss")) {
      function.evaluate(new ParameterVector(graph, c.weights), c.inputs, gradients);
    }
    return gradients.toArray();
  }
}
