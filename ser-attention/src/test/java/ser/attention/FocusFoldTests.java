package ser.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static ser.attention.AttentionFixture.HEADS;
import static ser.attention.AttentionFixture.WIDTH;
import static ser.attention.AttentionFixture.floats;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import ser.api.Device;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphException;
import ser.graph.ir.Op;
import ser.graph.ir.ScaledDotProductAttention;
import ser.graph.rewrite.Decomposition;
import ser.graph.spi.Backend;
import ser.graph.tensor.Tensor;
import ser.reference.ReferenceBackendProvider;

/** When Focus-Attention is folded, and what is left of the T × T tensors then. */
class FocusFoldTests {
  private final Backend backend = new ReferenceBackendProvider().open(Device.CPU);

  @AfterEach
  void close() {
    backend.close();
  }

  private static Graph attention() {
    return AttentionFixture.graph(Variant.FA, CalibrationGate.WINDOWED).select("output");
  }

  /** Weights whose windows are bounded by r ≤ 1 + exp(width) and |p| ≤ ½ tanh(centre / 2). */
  private static Map<String, Tensor> bounded(Graph graph, double centre, double width) {
    Map<String, Tensor> weights = new LinkedHashMap<>(graph.initialParameters(1));
    Arrays.fill(floats(weights, "a.focus.centre"), (float) (centre * HEADS / WIDTH));
    Arrays.fill(floats(weights, "a.focus.width"), (float) (-width * HEADS / WIDTH));
    return weights;
  }

  /** Operations outside the fused attention that give a tensor with time twice. */
  private static List<String> squares(Graph graph) {
    Dim time = Dim.symbol("time");
    return graph.nodes().stream()
        .filter(node -> node.type().shape().stream().filter(time::equals).count() > 1)
        .map(node -> node.op().toString())
        .toList();
  }

  private static Graph open(Graph graph) {
    return Decomposition.decompose(graph, ScaledDotProductAttention::matches);
  }

  @Test
  void noTensorOfTimeByTimeIsLeftOutsideTheFusedAttention() {
    Graph graph = attention();
    assertThat(squares(open(graph))).isNotEmpty();
    assertThat(squares(open(FocusFold.fold(graph, graph.initialParameters(1))))).isEmpty();
  }

  @Test
  void inputsParametersAndOutputsStay() {
    Graph graph = attention();
    Graph folded = FocusFold.fold(graph, graph.initialParameters(1));
    assertThat(folded.inputs().stream().map(node -> node.op()))
        .isEqualTo(graph.inputs().stream().map(node -> node.op()).toList());
    assertThat(folded.parameters()).isEqualTo(graph.parameters());
    assertThat(folded.outputs().keySet()).isEqualTo(graph.outputs().keySet());
  }

  /** 2(|p|r + 3)² is 2,048 at |p|·r = 29: at r = 58 with windows at the clip's ends. */
  @ParameterizedTest
  @CsvSource({"40, 57, 1.01", "2, 75.3, 1.01", "0.1, 1171, 1.01"})
  void windowsThatFloat32CannotResolveStayUnfolded(double centre, double width, double beyond) {
    Graph graph = attention();
    double limit = Math.log(width);
    assertThat(squares(open(FocusFold.fold(graph, bounded(graph, centre, limit / beyond)))))
        .as("just within the limit")
        .isEmpty();
    Map<String, Tensor> narrower = bounded(graph, centre, limit * beyond);
    assertThat(FocusFold.fold(graph, narrower)).as("just beyond the limit").isEqualTo(graph);
  }

  @Test
  void oneHeadBeyondTheLimitIsEnough() {
    Graph graph = attention();
    Map<String, Tensor> weights = bounded(graph, 1, 1);
    Arrays.fill(floats(weights, "a.focus.width"), 0, WIDTH / HEADS, -5);
    Arrays.fill(floats(weights, "a.focus.centre"), 0, WIDTH / HEADS, 5);
    assertThat(FocusFold.fold(graph, weights)).isEqualTo(graph);
  }

  @Test
  void attentionWhoseBoundsCannotBeReadStaysUnfolded() {
    Graph graph = attention();
    Graph unbounded =
        graph.rewrite(
            (g, node, operands) ->
                node.op() instanceof Op.Unary unary && unary.function() == Op.UnaryFunction.TANH
                    ? Optional.of(operands.get(0))
                    : Optional.empty());
    assertThat(FocusFold.fold(unbounded, graph.initialParameters(1))).isEqualTo(unbounded);
  }

  @Test
  void attentionWithoutFocusStaysAsItIs() {
    Graph graph = AttentionFixture.graph(Variant.CA, CalibrationGate.WINDOWED).select("output");
    assertThat(FocusFold.fold(graph, graph.initialParameters(1))).isEqualTo(graph);
  }

  static Stream<AttentionSettings> anchored() {
    return AttentionFixture.anchored();
  }

  @ParameterizedTest
  @MethodSource("anchored")
  void aCentreByAnAnchorAndAShiftIsFolded(AttentionSettings settings) {
    Graph graph = AttentionFixture.graph(settings).select("output");
    Map<String, Tensor> weights = graph.initialParameters(1);
    Graph folded = FocusFold.fold(graph, weights);
    assertThat(squares(open(folded))).isEmpty();
    Map<String, Tensor> inputs = AttentionFixture.clips(3, 40, WIDTH, 40, 17, 1, 2);
    assertThat(floats(AttentionFixture.run(backend, folded, weights, inputs), "output"))
        .containsExactly(
            floats(AttentionFixture.run(backend, graph, weights, inputs), "output"), within(1e-5f));
  }

  /**
   * |p| is up to ½ + ½·tanh(‖u_p‖₁): with a large shift, 2(r + 3)² is 2,048 at r = 29; with none,
   * 2(r/2 + 3)² is at r = 58.
   */
  @ParameterizedTest
  @CsvSource({"40, 28", "0, 57"})
  void anAnchoredCentreHasItsOwnLimit(double centre, double width) {
    for (FocusBias bias : List.of(FocusBias.LOCAL_CENTRE, FocusBias.PEAK_CENTRE)) {
      for (double initialWidth : new double[] {0.5, 0.1}) {
        Graph graph =
            AttentionFixture.graph(
                    AttentionSettings.of(Variant.FA, WIDTH, HEADS)
                        .withFocus(new FocusSettings(bias, initialWidth)))
                .select("output");
        double limit = Math.log(width) + Math.log(initialWidth / (1 - initialWidth));
        assertThat(squares(open(FocusFold.fold(graph, bounded(graph, centre, limit - 0.01)))))
            .as("%s, %s: just within the limit", bias, initialWidth)
            .isEmpty();
        assertThat(FocusFold.fold(graph, bounded(graph, centre, limit + 0.01)))
            .as("%s, %s: just beyond the limit", bias, initialWidth)
            .isEqualTo(graph);
      }
    }
  }

  @Test
  void gatesOnTheMapsLeaveNothingToFold() {
    for (CalibrationGate gate : List.of(CalibrationGate.CBAM, CalibrationGate.CBAM_CHANNEL)) {
      Graph graph = AttentionFixture.graph(Variant.FA_CA, gate).select("output");
      assertThat(FocusFold.fold(graph, graph.initialParameters(1))).isEqualTo(graph);
    }
  }

  /** Its bias is a row for each head: there is nothing to fold. */
  @Test
  void anAmplitudeBiasIsNoTensorOfTimeByTime() {
    Graph graph =
        AttentionFixture.graph(
                AttentionSettings.of(Variant.FA, WIDTH, HEADS)
                    .withFocus(FocusSettings.defaults().withBias(FocusBias.AMPLITUDE)))
            .select("output");
    assertThat(squares(graph)).isEmpty();
  }

  @Test
  void everyBlockOfAnEncoderIsFolded() {
    EncoderSettings settings = EncoderSettings.of(Variant.FA_CA, 64, 8);
    Graph graph = Encoder.inference(settings).select(Encoder.PROBABILITIES);
    Graph folded = FocusFold.fold(graph, graph.initialParameters(1));
    assertThat(folded.nodes().stream().filter(node -> isFocus(node.op()))).isEmpty();
    assertThat(graph.nodes().stream().filter(node -> isFocus(node.op())))
        .hasSize(settings.blocks());
  }

  private static boolean isFocus(Op op) {
    return op instanceof Op.Composite composite && composite.name().equals("focus_attention");
  }

  @Test
  void weightsThatDoNotFitAreRefused() {
    Graph graph = attention();
    assertThatThrownBy(() -> FocusFold.fold(graph, Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("is missing");
  }

  @Test
  void clipsWithoutStepsGiveFiniteNumbers() {
    Graph graph = attention();
    Map<String, Tensor> weights = graph.initialParameters(1);
    Map<String, Tensor> outputs =
        AttentionFixture.run(
            backend,
            FocusFold.fold(graph, weights),
            weights,
            AttentionFixture.clips(3, 7, WIDTH, 0, 7));
    for (float value : floats(outputs, "output")) {
      assertThat(value).isFinite();
    }
  }
}
