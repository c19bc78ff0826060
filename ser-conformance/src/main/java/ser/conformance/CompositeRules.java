package ser.conformance;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import ser.graph.ir.Graph;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** Rules 4 of inference: what is made of operations is these, however it is computed. */
@Tag("composites")
abstract class CompositeRules extends Area {
  static Stream<CompositeFixture.Fused> fused() {
    return CompositeFixture.fused();
  }

  @Rule("4.1")
  @ParameterizedTest
  @MethodSource("fused")
  void fusedAttentionIsItsBody(CompositeFixture.Fused fused) {
    check(fused.graph());
  }

  @Rule("4.2")
  @Test
  void anUnknownCompositeIsItsBody() {
    check(CompositeFixture.nested());
  }

  @Rule("4.5")
  @ParameterizedTest
  @EnumSource
  void aChainGivesWhatItsOperationsGive(OpSequences chain) {
    check(chain.graph());
  }

  private void check(Graph graph) {
    Map<String, Tensor> weights = graph.initialParameters(seed());
    try (InferenceFunction function = backend().compile(graph, weights)) {
      Closeness.assertClose(
          about(graph.name()),
          Reference.run(graph, weights, Map.of()),
          function.run(Map.of()),
          Closeness.FORWARD);
    }
  }
}
