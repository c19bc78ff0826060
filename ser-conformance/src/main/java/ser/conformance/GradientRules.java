package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.conformance.cases.Case;
import ser.conformance.cases.CaseGraph;
import ser.conformance.cases.Cases;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/** Rules 3: gradients are the slopes of the reference. */
@Tag("gradient")
abstract class GradientRules extends Area {
  private static final String LOSS = CaseGraph.LOSS;

  static Stream<Case> differentiable() {
    return Cases.differentiable();
  }

  @Rule("3.1")
  @ParameterizedTest
  @MethodSource("differentiable")
  void theGradientIsTheSlope(Case of) {
    CaseGraph calculation = CaseGraph.withLoss(of, seed());
    Graph graph = calculation.graph();
    Evaluation found =
        attempt(
            about("'%s'".formatted(of)),
            () ->
                Evaluation.of(backend(), graph, LOSS, calculation.weights(), calculation.inputs()));
    Closeness.assertGradientsClose(
        about("gradient of '%s'".formatted(of)),
        Reference.slopes(graph, LOSS, calculation.weights(), calculation.inputs()),
        found.gradients());
  }

  @Rule("3.2")
  @ParameterizedTest
  @MethodSource("differentiable")
  void theOutputsComeWithTheGradient(Case of) {
    CaseGraph calculation = CaseGraph.withLoss(of, seed());
    Graph graph = calculation.graph();
    Closeness.assertClose(
        about("'%s' with its gradient".formatted(of)),
        Reference.run(graph, calculation.weights(), calculation.inputs()),
        Evaluation.of(backend(), graph, LOSS, calculation.weights(), calculation.inputs())
            .outputs(),
        Closeness.FORWARD);
  }

  /** The gradient of a loss by one parameter. */
  private float[] gradient(float[] w, BiFunction<GraphBuilder, Value, Value> loss) {
    return gradient(w, Map.of(), loss);
  }

  private float[] gradient(
      float[] w, Map<String, Tensor> inputs, BiFunction<GraphBuilder, Value, Value> loss) {
    Graph graph = graph(w.length, loss);
    Map<String, Tensor> weights = Map.of("w", Tensor.of(w, w.length));
    return Tensors.get(Evaluation.of(backend(), graph, LOSS, weights, inputs).gradients(), "w")
        .floats();
  }

  private static Graph graph(int size, BiFunction<GraphBuilder, Value, Value> loss) {
    GraphBuilder g = new GraphBuilder("loss");
    g.output(LOSS, loss.apply(g, g.parameter("w", Initializer.zeros(), size)));
    return g.build();
  }

  private static float[] w(float... elements) {
    return elements;
  }

  @Rule("3.3")
  @Test
  void kinksHaveTheGradientTheyAreSaidToHave() {
    assertThat(gradient(w(0), (g, w) -> g.sum(g.unary(Op.UnaryFunction.ABS, w), 0)))
        .as("|x| at 0")
        .containsExactly(0);
    assertThat(gradient(w(0), (g, w) -> g.sum(g.relu(w), 0))).as("relu at 0").containsExactly(0);
    assertThat(gradient(w(3), (g, w) -> g.sum(g.scale(g.max(w, g.constant(3)), 4), 0)))
        .as("max of equals")
        .containsExactly(2);
    assertThat(gradient(w(3), (g, w) -> g.sum(g.scale(g.min(g.constant(3), w), 4), 0)))
        .as("min of equals")
        .containsExactly(2);
    assertThat(
            gradient(
                w(1, 5, 2, 5), (g, w) -> g.sum(g.scale(g.reduce(Op.Reduction.MAX, w, 0), 4), 0)))
        .as("largest of equals")
        .containsExactly(0, 2, 0, 2);
    Op.Pool window = new Op.Pool(Op.Pooling.MAX, List.of(4), List.of(1), List.of(0));
    assertThat(
            gradient(
                w(1, 5, 2, 5),
                (g, w) ->
                    g.sum(g.pool(window, g.reshape(w, Dim.of(1), Dim.of(1), Dim.of(4))), 0, 1, 2)))
        .as("largest of equals in a window")
        .containsExactly(0, 1, 0, 0);
  }

  @Rule("3.4")
  @Test
  void whatIsNotChosenPassesNoGradientOn() {
    Map<String, Tensor> chosen = Map.of("chosen", Tensor.of(new float[] {0, 1, 0}, 3));
    float[] w = w(Float.NaN, 4, Float.POSITIVE_INFINITY);
    assertThat(
            gradient(
                w,
                chosen,
                (g, x) ->
                    g.sum(g.where(g.input("chosen", TensorType.float32(3)), x, g.constant(20)), 0)))
        .as("then")
        .containsExactly(0, 1, 0);
    assertThat(
            gradient(
                w(1, Float.NaN, 3),
                chosen,
                (g, x) ->
                    g.sum(g.where(g.input("chosen", TensorType.float32(3)), g.constant(20), x), 0)))
        .as("otherwise")
        .containsExactly(1, 0, 1);
    assertThat(gradient(w(-1, 4), (g, x) -> g.sum(rootAboveOne(g, x), 0)))
        .as("a root where it is safe")
        .containsExactly(1, 0.25f);
  }

  /** √max(x, 1) above 0, x elsewhere. */
  private static Value rootAboveOne(GraphBuilder g, Value x) {
    Value above = g.compare(Op.Comparison.LESS, g.constant(0), x);
    return g.where(above, g.sqrt(g.max(x, g.constant(1))), x);
  }

  @Rule("3.5")
  @Test
  void aParameterThatTheLossDoesNotReadHasAZeroGradient() {
    GraphBuilder g = new GraphBuilder("idle");
    g.parameter("before", Initializer.ones(), 2, 2);
    Value w = g.parameter("w", Initializer.ones(), 1);
    Value aside = g.parameter("aside", Initializer.ones(), 2);
    g.output("aside", g.square(aside));
    g.output(LOSS, g.sum(g.square(w), 0));
    Graph graph = g.build();
    Map<String, Tensor> gradients =
        Evaluation.of(backend(), graph, LOSS, graph.initialParameters(1), Map.of()).gradients();
    assertThat(Tensors.get(gradients, "before").floats()).containsExactly(0, 0, 0, 0);
    assertThat(Tensors.get(gradients, "w").floats()).containsExactly(2);
    assertThat(Tensors.get(gradients, "aside").floats()).containsExactly(0, 0);
  }

  @Rule("3.6")
  @Test
  void aLossThatNoParameterMovesHasZeroGradients() {
    Map<String, Tensor> input = Map.of("x", Tensor.of(w(3), 1));
    assertThat(gradient(w(1, 2), input, (g, w) -> g.sum(g.input("x", TensorType.float32(1)), 0)))
        .as("a loss of inputs")
        .containsExactly(0, 0);
    assertThat(gradient(w(1, 2), (g, w) -> g.constant(3)))
        .as("a constant loss")
        .containsExactly(0, 0);
    assertThat(
            gradient(
                w(1, 2), (g, w) -> g.sum(g.compare(Op.Comparison.LESS, w, g.constant(1.5)), 0)))
        .as("a loss that compares")
        .containsExactly(0, 0);
    assertThat(
            gradient(
                w(1, 2), (g, w) -> g.sum(g.cast(g.cast(w, DataType.INT64), DataType.FLOAT32), 0)))
        .as("a loss of whole numbers")
        .containsExactly(0, 0);
  }

  @Rule("3.7")
  @Test
  void comparisonsAndCastsPassNoGradientOn() {
    assertThat(
            gradient(
                w(1, 2),
                (g, w) -> g.sum(g.mul(w, g.compare(Op.Comparison.LESS, w, g.constant(1.5))), 0)))
        .as("a comparison")
        .containsExactly(1, 0);
    assertThat(
            gradient(
                w(1.5f, 2.5f),
                (g, w) -> g.sum(g.mul(w, g.cast(g.cast(w, DataType.INT64), DataType.FLOAT32)), 0)))
        .as("a cast to whole numbers and back")
        .containsExactly(1, 2);
    assertThat(gradient(w(1.5f, 2.5f), (g, w) -> g.sum(g.mul(w, g.cast(w, DataType.FLOAT32)), 0)))
        .as("a cast that changes nothing")
        .containsExactly(1.5f, 2.5f);
    assertThat(gradient(w(1, 2), (g, w) -> g.sum(g.where(w, g.scale(w, 3), g.constant(0)), 0)))
        .as("a condition")
        .containsExactly(3, 3);
    assertThat(gradient(w(1.5f, 2.5f), (g, w) -> g.sum(g.square(g.scaleGradient(w, -0.5)), 0)))
        .as("a gradient that is reversed and halved")
        .containsExactly(-1.5f, -2.5f);
  }

  @Rule("3.8")
  @Test
  void aGraphWithoutParametersHasNoGradients() {
    GraphBuilder g = new GraphBuilder("no parameters");
    g.output(LOSS, g.sum(g.square(g.input("x", TensorType.float32(2))), 0));
    Map<String, Tensor> inputs = Map.of("x", Tensor.of(w(3, 4), 2));
    Evaluation found = Evaluation.of(backend(), g.build(), LOSS, Map.of(), inputs);
    assertThat(found.gradients()).isEmpty();
    assertThat(Tensors.get(found.outputs(), LOSS).floats()).containsExactly(25);
  }

  @Rule("3.9")
  @Test
  void gradientsOfOneCallDoNotAddToTheNext() {
    Graph graph = graph(2, (g, w) -> g.sum(g.square(w), 0));
    Map<String, Tensor> weights = Map.of("w", Tensor.of(w(1, 2), 2));
    ParameterVector parameters = new ParameterVector(graph, weights);
    ParameterVector gradients = new ParameterVector(graph);
    gradients.set(w(100, 100));
    try (GradientFunction function = backend().differentiate(graph, LOSS)) {
      for (int call = 0; call < 3; call++) {
        function.evaluate(parameters, Map.of(), gradients);
        assertThat(gradients.toArray()).as("call %d", call).containsExactly(2, 4);
      }
    }
  }

  @Rule("3.10")
  @Test
  void parametersAndInputsAreReadOnly() {
    GraphBuilder g = new GraphBuilder("read only");
    Value x = g.input("x", TensorType.float32(2));
    g.output(LOSS, g.sum(g.square(g.mul(x, g.parameter("w", Initializer.ones(), 2))), 0));
    Graph graph = g.build();
    ParameterVector parameters = new ParameterVector(graph, Map.of("w", Tensor.of(w(1, 2), 2)));
    Map<String, Tensor> inputs = Map.of("x", Tensor.of(w(3, 4), 2));
    try (GradientFunction function = backend().differentiate(graph, LOSS)) {
      function.evaluate(parameters, inputs, new ParameterVector(graph));
    }
    assertThat(parameters.toArray()).containsExactly(1, 2);
    assertThat(Tensors.get(inputs, "x").floats()).containsExactly(3, 4);
  }

  @Rule("3.11")
  @Test
  void weightsMayChangeFromCallToCall() {
    Graph graph = graph(2, (g, w) -> g.sum(g.square(w), 0));
    ParameterVector parameters = new ParameterVector(graph);
    ParameterVector others = new ParameterVector(graph);
    ParameterVector gradients = new ParameterVector(graph);
    try (GradientFunction function = backend().differentiate(graph, LOSS)) {
      parameters.set(w(1, 2));
      function.evaluate(parameters, Map.of(), gradients);
      assertThat(gradients.toArray()).containsExactly(2, 4);
      parameters.set(w(3, 4));
      function.evaluate(parameters, Map.of(), gradients);
      assertThat(gradients.toArray()).as("the same vector").containsExactly(6, 8);
      others.set(w(5, 6));
      function.evaluate(others, Map.of(), gradients);
      assertThat(gradients.toArray()).as("another vector").containsExactly(10, 12);
    }
  }

  @Rule("3.12")
  @Test
  void theLossIsOneOfTheOutputsAndHasOneElement() {
    GraphBuilder g = new GraphBuilder("losses");
    Value w = g.parameter("w", Initializer.ones(), 1, 1);
    Value inner = g.square(w);
    g.output("[1, 1]", inner);
    g.output("[1]", g.scale(g.reshape(w, Dim.of(1)), 3));
    g.output("[]", g.scale(g.reshape(inner, new Dim[0]), 2));
    Graph graph = g.build();
    Map<String, Tensor> weights = Map.of("w", Tensor.of(w(5), 1, 1));
    Map<String, Float> slopes = Map.of("[1, 1]", 10f, "[1]", 3f, "[]", 20f);
    slopes.forEach(
        (loss, slope) ->
            assertThat(
                    Tensors.get(
                            Evaluation.of(backend(), graph, loss, weights, Map.of()).gradients(),
                            "w")
                        .floats())
                .as("loss of shape %s", loss)
                .containsExactly(slope));
  }

  @Rule("3.13")
  @Test
  void paddingDoesNotChangeAnLstmsGradient() {
    Graph graph = LstmFixture.graph();
    Map<String, Tensor> weights = Tensors.weights(graph, seed());
    String loss = LstmFixture.LOSS;
    Closeness.assertGradientsClose(
        about("gradient of a batch whose padding is NaN"),
        Reference.slopes(graph, loss, weights, LstmFixture.batch(seed(), 0)),
        Evaluation.of(backend(), graph, loss, weights, LstmFixture.batch(seed(), Float.NaN))
            .gradients());
  }
}
