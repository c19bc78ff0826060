package ser.conformance;

import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.attention.Encoder;
import ser.attention.FocusFold;
import ser.graph.ir.Graph;
import ser.graph.rewrite.TrainingForm;
import ser.graph.tensor.Tensor;
import ser.reference.Gradients;

/** Rules 5 of training: every parameter of attention, encoder and CLDNN receives its gradient. */
@Tag("attention")
abstract class AttentionGradientRules extends Area {
  static Stream<AttentionFixture.Kind> kinds() {
    return AttentionFixture.kinds();
  }

  static Stream<AttentionFixture.Kind> encoders() {
    return AttentionFixture.encoders();
  }

  @Rule("5.3")
  @ParameterizedTest
  @MethodSource("kinds")
  void everyParameterOfTheAttentionReceivesItsGradient(AttentionFixture.Kind kind) {
    check(AttentionFixture.attention(kind), AttentionFixture.clips(seed(), 6, 6, 3, 1));
  }

  @Rule("5.4")
  @ParameterizedTest
  @MethodSource("encoders")
  void everyParameterOfTheEncoderReceivesItsGradient(AttentionFixture.Kind kind) {
    TrainingForm form = TrainingForm.of(kind.trainingEncoder());
    check(
        form.graph(),
        form.inputs(
            AttentionFixture.labelled(kind, seed(), 21, 21, 12, 3, 16),
            form.initialStates(),
            seed()));
  }

  static Stream<AttentionFixture.Kind> focusedWidely() {
    return AttentionFixture.focusedWidely();
  }

  static Stream<AttentionFixture.Kind> encodersFocusedWidely() {
    return AttentionFixture.encodersFocusedWidely();
  }

  @Rule("5.7")
  @ParameterizedTest
  @MethodSource("focusedWidely")
  void everyParameterOfAFoldedAttentionReceivesItsGradient(AttentionFixture.Kind kind) {
    Graph graph = AttentionFixture.attention(kind).select(AttentionFixture.LOSS, "output");
    check(graph, FocusFold::fold, AttentionFixture.clips(seed(), 6, 6, 3, 1));
  }

  @Rule("5.8")
  @ParameterizedTest
  @MethodSource("encodersFocusedWidely")
  void everyParameterAroundAFoldedAttentionReceivesItsGradient(AttentionFixture.Kind kind) {
    TrainingForm form = TrainingForm.of(kind.trainingEncoder());
    check(
        form.graph(),
        FocusFold::fold,
        form.inputs(
            AttentionFixture.labelled(kind, seed(), 21, 21, 12, 3, 16),
            form.initialStates(),
            seed()));
  }

  @Rule("5.10")
  @Test
  void everyParameterOfTheCldnnReceivesItsGradient() {
    TrainingForm form = TrainingForm.of(Encoder.training(AttentionFixture.cldnn()));
    check(
        form.graph(),
        form.inputs(
            AttentionFixture.labelled(seed(), 73, 73, 50, 61, 4), form.initialStates(), seed()));
  }

  private void check(Graph graph, Map<String, Tensor> inputs) {
    check(graph, (same, weights) -> same, inputs);
  }

  private void check(
      Graph graph,
      BiFunction<Graph, Map<String, Tensor>, Graph> rewrite,
      Map<String, Tensor> inputs) {
    Map<String, Tensor> weights = Tensors.weights(graph, seed());
    Gradients expected = Reference.differentiate(graph, AttentionFixture.LOSS, weights, inputs);
    Evaluation found =
        Evaluation.of(
            backend(), rewrite.apply(graph, weights), AttentionFixture.LOSS, weights, inputs);
    Closeness.assertClose(
        about(graph.name()), expected.outputs(), found.outputs(), Closeness.FORWARD);
    Closeness.assertGradientsClose(
        about("gradient of " + graph.name()), expected.parameters(), found.gradients());
  }
}
