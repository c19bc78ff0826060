package ser.graph.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import ser.api.BackendException;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

class GraphTests {
  private static final Dim BATCH = Dim.symbol("batch");
  private static final Dim TIME = Dim.symbol("time");

  /** Two outputs that share one input and have one input and one parameter each. */
  private static Graph twoTowers() {
    GraphBuilder g = new GraphBuilder("towers");
    Value x = g.input("x", TensorType.float32(BATCH, Dim.of(2)));
    Value left = g.input("left", TensorType.float32(BATCH, Dim.of(2)));
    Value right = g.input("right", TensorType.float32(BATCH, Dim.of(2)));
    g.output("l", g.matMul(g.add(x, left), g.parameter("wl", Initializer.ones(), 2, 1)));
    g.output("r", g.matMul(g.add(x, right), g.parameter("wr", Initializer.ones(), 2, 1)));
    return g.build();
  }

  @Test
  void selectionKeepsWhatAnOutputNeedsAndNothingElse() {
    Graph left = twoTowers().select("l");
    assertThat(inputs(left)).containsExactly("x", "left");
    assertThat(left.parameters()).extracting(Op.Parameter::name).containsExactly("wl");
    assertThat(left.outputs()).containsOnlyKeys("l");
    assertThat(left.nodes()).hasSize(5);
  }

  @Test
  void selectionFollowsTheOrderWanted() {
    assertThat(twoTowers().select("r", "l").outputs().keySet()).containsExactly("r", "l");
  }

  @Test
  void selectingAnUnknownOutputListsThoseThereAre() {
    assertThatThrownBy(() -> twoTowers().select("m"))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'m'")
        .hasMessageContaining("[l, r]");
  }

  @Test
  void aRewriteThatReplacesNothingGivesAnEqualGraph() {
    Graph graph = EveryOperation.graph();
    assertThat(graph.rewrite((builder, node, operands) -> Optional.empty())).isEqualTo(graph);
  }

  @Test
  void aRewriteReplacesNodes() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", TensorType.float32(BATCH));
    g.output("y", g.tanh(g.relu(x)));
    Graph rewritten =
        g.build()
            .rewrite(
                (builder, node, operands) ->
                    node.op().equals(new Op.Unary(Op.UnaryFunction.RELU))
                        ? Optional.of(builder.max(operands.get(0), builder.constant(0)))
                        : Optional.empty());
    GraphBuilder expected = new GraphBuilder("g");
    Value input = expected.input("x", TensorType.float32(BATCH));
    expected.output("y", expected.tanh(expected.max(input, expected.constant(0))));
    assertThat(rewritten).isEqualTo(expected.build());
  }

  @Test
  void aRewriteIsCheckedAsBuildingIs() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", TensorType.float32(BATCH, Dim.of(2)));
    g.output("y", g.add(g.tanh(x), x));
    Graph graph = g.build();
    assertThatThrownBy(
            () ->
                graph.rewrite(
                    (builder, node, operands) ->
                        node.op() instanceof Op.Unary
                            ? Optional.of(builder.transpose(operands.get(0), 1, 0))
                            : Optional.empty()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("float32[2, batch]")
        .hasMessageContaining("float32[batch, 2]");
  }

  @Test
  void aRewriteKeepsInputsAndParametersThatNothingReads() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", TensorType.float32(BATCH));
    g.input("unread", TensorType.float32(BATCH));
    g.parameter("idle", Initializer.ones(), 2);
    g.output("y", g.tanh(x));
    Graph rewritten = g.build().rewrite((builder, node, operands) -> Optional.empty());
    assertThat(inputs(rewritten)).containsExactly("x", "unread");
    assertThat(rewritten.parameters()).extracting(Op.Parameter::name).containsExactly("idle");
  }

  @Test
  void aRunBindsEachNamedDimension() {
    GraphBuilder g = new GraphBuilder("g");
    g.input("x", TensorType.float32(BATCH, TIME, Dim.of(3)));
    g.input("half", TensorType.float32(BATCH, TIME.plus(1).floorDivide(2)));
    g.output("y", g.input("lengths", TensorType.int64(BATCH)));
    Graph graph = g.build();
    Tensor x = Tensor.zeros(DataType.FLOAT32, 2, 5, 3);
    Tensor half = Tensor.zeros(DataType.FLOAT32, 2, 3);
    Tensor lengths = Tensor.zeros(DataType.INT64, 2);

    assertThat(graph.bind(Map.of("x", x, "half", half, "lengths", lengths)))
        .containsOnly(Map.entry("batch", 2L), Map.entry("time", 5L));
    assertThatThrownBy(() -> graph.bind(Map.of("x", x, "half", half)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'lengths' int64[batch] is missing");
    assertThatThrownBy(
            () -> graph.bind(Map.of("x", x, "half", half, "lengths", lengths, "extra", x)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("no input [extra]");
    assertThatThrownBy(
            () ->
                graph.bind(
                    Map.of("x", x, "half", half, "lengths", Tensor.zeros(DataType.INT64, 3))))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'lengths' has batch = 3")
        .hasMessageContaining("2");
    assertThatThrownBy(
            () ->
                graph.bind(
                    Map.of("x", x, "half", half, "lengths", Tensor.zeros(DataType.FLOAT32, 2))))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("int64[batch]")
        .hasMessageContaining("float32[2]");
    assertThatThrownBy(
            () ->
                graph.bind(
                    Map.of(
                        "x", x, "half", Tensor.zeros(DataType.FLOAT32, 2, 2), "lengths", lengths)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("float32[batch, (time+1)/2]")
        .hasMessageContaining("float32[2, 2]");
    assertThatThrownBy(
            () ->
                graph.bind(
                    Map.of(
                        "x", Tensor.zeros(DataType.FLOAT32, 2, 5, 4),
                        "half", half,
                        "lengths", lengths)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("float32[batch, time, 3]")
        .hasMessageContaining("float32[2, 5, 4]");
    assertThatThrownBy(
            () ->
                graph.bind(
                    Map.of(
                        "x", Tensor.zeros(DataType.FLOAT32, 2, 5),
                        "half", half,
                        "lengths", lengths)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("float32[2, 5]");
  }

  @Test
  void aDimensionThatNoInputBindsIsRefusedByItsName() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", TensorType.float32(BATCH));
    g.output("x", x);
    g.range(TIME.plus(1));
    Graph range = g.build();

    g = new GraphBuilder("g");
    g.output(
        "y",
        g.composite(
            "hidden",
            List.of(g.input("x", TensorType.float32(BATCH))),
            o -> {
              GraphBuilder inner = o.get(0).builder();
              return inner.mul(o.get(0), inner.sum(inner.range(TIME), 0));
            }));
    Graph body = g.build();

    Tensor three = Tensor.zeros(DataType.FLOAT32, 3);
    for (Graph graph : List.of(range, body)) {
      assertThatThrownBy(() -> graph.bind(Map.of("x", three)))
          .isInstanceOf(GraphException.class)
          .hasMessageContaining("'time' has no size")
          .hasMessageContaining("[batch]");
    }
    assertThat(range.select("x").bind(Map.of("x", three))).containsOnlyKeys("batch");
  }

  private static final TensorType SIGNAL = TensorType.float32(BATCH, Dim.of(1), TIME);

  private static Graph convolved(int kernel, int padding, int dilation) {
    GraphBuilder g = new GraphBuilder("convolved");
    Value weight = g.parameter("w", Initializer.ones(), 1, 1, kernel);
    Op.Conv conv = Op.Conv.of(1).withPadding(padding).withDilation(dilation);
    g.output("y", g.conv(conv, g.input("x", SIGNAL), weight));
    return g.build();
  }

  private static Graph pooled(int window, int padding) {
    GraphBuilder g = new GraphBuilder("pooled");
    Op.Pool pool = Op.Pool.of(Op.Pooling.MAX, window).withStrides(1).withPadding(padding);
    g.output("y", g.pool(pool, g.input("x", SIGNAL)));
    return g.build();
  }

  private static Graph largest() {
    GraphBuilder g = new GraphBuilder("largest");
    g.output("y", g.reduce(Op.Reduction.MAX, g.input("x", SIGNAL), 2));
    return g.build();
  }

  private static void assertNeeds(Graph graph, long needed, String window) {
    for (long batch : new long[] {2, 0}) {
      graph.bind(Map.of("x", Tensor.zeros(DataType.FLOAT32, batch, 1, needed)));
      assertThatThrownBy(
              () -> graph.bind(Map.of("x", Tensor.zeros(DataType.FLOAT32, batch, 1, needed - 1))))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("graph '%s'", graph.name())
          .hasMessageContaining("axis 2 of x float32[batch, 1, time]")
          .hasMessageContaining(window);
    }
  }

  @Test
  void aRunWithAnAxisShorterThanAWindowIsRefused() {
    assertNeeds(
        convolved(5, 0, 1), 5, "size 4, which with padding 0 is shorter than a window of 5");
    assertNeeds(
        convolved(5, 1, 1), 3, "size 2, which with padding 1 is shorter than a window of 5");
    assertNeeds(convolved(3, 0, 2), 5, "window of 5");
    assertNeeds(convolved(3, 1, 1), 1, "size 0");
    assertNeeds(pooled(4, 1), 2, "window of 4");
    assertNeeds(pooled(2, 1), 1, "size 0");
  }

  @Test
  void aRunWithAMaximumAlongAnEmptyAxisIsRefused() {
    assertNeeds(largest(), 1, "no largest element");
  }

  @Test
  void theBodiesOfCompositesAreCheckedAsWell() {
    GraphBuilder g = new GraphBuilder("outer");
    Value x = g.input("x", SIGNAL);
    g.output(
        "y",
        g.composite(
            "inner", List.of(x), o -> o.get(0).builder().reduce(Op.Reduction.MAX, o.get(0), -1)));
    assertNeeds(g.build(), 1, "no largest element");
  }

  @Test
  void sumsAndMeansOfNothingAreDefined() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", SIGNAL);
    g.output("sum", g.sum(x, 2));
    g.output("mean", g.reduce(Op.Reduction.MEAN, x, 2));
    assertThat(g.build().bind(Map.of("x", Tensor.zeros(DataType.FLOAT32, 2, 1, 0))))
        .containsEntry("time", 0L);
  }

  @Test
  void weightsMustFitTheParameters() {
    Graph graph = twoTowers();
    Tensor good = Tensor.zeros(DataType.FLOAT32, 2, 1);
    graph.checkParameters(Map.of("wl", good, "wr", good));
    assertThatThrownBy(() -> graph.checkParameters(Map.of("wl", good)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'wr' float32[2, 1] is missing");
    assertThatThrownBy(() -> graph.checkParameters(Map.of("wl", good, "wr", good, "w", good)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("no parameter [w]");
    assertThatThrownBy(
            () ->
                graph.checkParameters(
                    Map.of("wl", good, "wr", Tensor.zeros(DataType.FLOAT32, 1, 2))))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("float32[2, 1]")
        .hasMessageContaining("float32[1, 2]");
    assertThatThrownBy(
            () ->
                graph.checkParameters(Map.of("wl", good, "wr", Tensor.zeros(DataType.INT64, 2, 1))))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("int64[2, 1]");
  }

  @Test
  void theSeedAndAParametersNameDecideWhereItStarts() {
    GraphBuilder g = new GraphBuilder("g");
    g.parameter("other", new Initializer.Uniform(1), 50);
    g.output("y", g.parameter("w", new Initializer.Uniform(0.5), 50, 20));
    Graph larger = g.build();
    Graph smaller = larger.select("y");
    Tensor drawn = weight(larger, 7);
    assertThat(drawn).isEqualTo(weight(smaller, 7)).isNotEqualTo(weight(larger, 8));
    for (float value : drawn.floats()) {
      assertThat(value).isBetween(-0.5f, 0.5f);
    }
  }

  @Test
  void initialisersHaveTheSpreadTheyPromise() {
    GraphBuilder g = new GraphBuilder("g");
    g.parameter("normal", Initializer.he(8), 100, 100);
    g.parameter("constant", new Initializer.Constant(1.5), 3);
    g.output("y", g.parameter("glorot", Initializer.glorot(2, 4), 100, 100));
    Map<String, Tensor> drawn = g.build().initialParameters(1);
    // Of 10,000 draws the deviation is off by 0.7 % and the mean by 1 % of it: five times that.
    assertThat(deviation(drawn, "normal")).isBetween(0.5 * 0.965, 0.5 * 1.035);
    assertThat(deviation(drawn, "glorot")).isBetween(0.577 * 0.965, 0.577 * 1.035);
    assertThat(drawn).containsEntry("constant", Tensor.of(new float[] {1.5f, 1.5f, 1.5f}, 3));
  }

  private static double deviation(Map<String, Tensor> drawn, String name) {
    double squares = 0;
    float[] values = floats(drawn, name);
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / values.length);
  }

  private static float[] floats(Map<String, Tensor> tensors, String name) {
    assertThat(tensors).containsKey(name);
    return tensors.getOrDefault(name, Tensor.scalar(0)).floats();
  }

  private static Tensor weight(Graph graph, long seed) {
    return graph.initialParameters(seed).getOrDefault("w", Tensor.scalar(0));
  }

  private static List<String> inputs(Graph graph) {
    return graph.inputs().stream().map(node -> ((Op.Input) node.op()).name()).toList();
  }
}
