package ser.conformance;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import ser.graph.ir.Graph;
import ser.graph.tensor.Tensor;

/** Rules 4 of training: the gradient of what is made of operations is that of these. */
@Tag("composites")
abstract class CompositeGradientRules extends Area {
  static Stream<CompositeFixture.Fused> fused() {
    return CompositeFixture.fused();
  }

  @Rule("4.3")
  @ParameterizedTest
  @MethodSource("fused")
  void theGradientOfFusedAttentionIsThatOfItsBody(CompositeFixture.Fused fused) {
    check(fused.graph());
  }

  @Rule("4.4")
  @Test
  void theGradientOfAnUnknownCompositeIsThatOfItsBody() {
    check(CompositeFixture.nested());
  }

  @Rule("4.6")
  @ParameterizedTest
  @EnumSource
  void theGradientOfAChainIsThatOfItsOperations(OpSequences chain) {
    check(chain.graph());
  }

  private void check(Graph graph) {
    Map<String, Tensor> weights = graph.initialParameters(seed());
    Closeness.assertGradientsClose(
        about("gradient of " + graph.name()),
        Reference.slopes(graph, AttentionFixture.LOSS, weights, Map.of()),
        Evaluation.of(backend(), graph, AttentionFixture.LOSS, weights, Map.of()).gradients());
  }
}
