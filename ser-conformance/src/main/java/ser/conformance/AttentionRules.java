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
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/**
 * Rules 5 of inference: the toolkit's attention, encoder and CLDNN give what the reference gives.
 */
@Tag("attention")
abstract class AttentionRules extends Area {
  static Stream<AttentionFixture.Kind> kinds() {
    return AttentionFixture.kinds();
  }

  static Stream<AttentionFixture.Kind> encoders() {
    return AttentionFixture.encoders();
  }

  @Rule("5.1")
  @ParameterizedTest
  @MethodSource("kinds")
  void theAttentionIsThatOfTheReference(AttentionFixture.Kind kind) {
    check(AttentionFixture.attention(kind), AttentionFixture.clips(seed(), 9, 9, 4, 1, 7));
  }

  @Rule("5.2")
  @ParameterizedTest
  @MethodSource("encoders")
  void theEncoderIsThatOfTheReference(AttentionFixture.Kind kind) {
    check(
        Encoder.inference(kind.encoder()), AttentionFixture.features(kind, seed(), 25, 25, 12, 3));
  }

  static Stream<AttentionFixture.Kind> focused() {
    return AttentionFixture.focused();
  }

  @Rule("5.5")
  @ParameterizedTest
  @MethodSource("focused")
  void theFoldedAttentionIsThatOfTheReference(AttentionFixture.Kind kind) {
    Graph graph = AttentionFixture.attention(kind).select("output", "centre", "width");
    Map<String, Tensor> inputs = AttentionFixture.clips(seed(), 40, 40, 17, 1, 2);
    check(graph, FocusFold::fold, Tensors.weights(graph, seed()), inputs);
    check(
        graph, FocusFold::fold, AttentionFixture.atTheLimitOfTheFold(kind, graph, seed()), inputs);
  }

  @Rule("5.6")
  @ParameterizedTest
  @MethodSource("encoders")
  void theFoldedEncoderIsThatOfTheReference(AttentionFixture.Kind kind) {
    Graph graph = Encoder.inference(kind.encoder()).select(Encoder.PROBABILITIES);
    check(
        graph,
        FocusFold::fold,
        Tensors.weights(graph, seed()),
        AttentionFixture.features(kind, seed(), 25, 25, 12, 3));
  }

  @Rule("5.9")
  @Test
  void theCldnnIsThatOfTheReference() {
    check(
        Encoder.diagnostics(AttentionFixture.cldnn()),
        AttentionFixture.features(seed(), 73, 73, 50, 61, 4));
  }

  private void check(Graph graph, Map<String, Tensor> inputs) {
    check(graph, (same, weights) -> same, Tensors.weights(graph, seed()), inputs);
  }

  private void check(
      Graph graph,
      BiFunction<Graph, Map<String, Tensor>, Graph> rewrite,
      Map<String, Tensor> weights,
      Map<String, Tensor> inputs) {
    try (InferenceFunction function = backend().compile(rewrite.apply(graph, weights), weights)) {
      Closeness.assertClose(
          about(graph.name()),
          Reference.run(graph, weights, inputs),
          function.run(inputs),
          Closeness.FORWARD);
    }
  }
}
