package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import ser.attention.Encoder;
import ser.attention.Variant;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** Rules 9 of inference: the same call gives the same bits. */
@Tag("determinism")
abstract class DeterminismRules extends Area {
  private final Graph graph = Encoder.inference(AttentionFixture.encoder(Variant.FA_CA));

  private Map<String, Tensor> inputs() {
    return AttentionFixture.features(seed(), 25, 25, 12, 3);
  }

  @Rule("9.1")
  @Test
  void theSameRunGivesTheSameBits() {
    try (InferenceFunction function = backend().compile(graph, Tensors.weights(graph, seed()))) {
      Map<String, Tensor> first = function.run(inputs());
      function.run(AttentionFixture.features(seed() + 1, 9, 9, 4));
      for (int run = 0; run < 5; run++) {
        assertThat(function.run(inputs())).as(about("run %d".formatted(run))).isEqualTo(first);
      }
    }
  }

  @Rule("9.2")
  @Test
  void theSameGraphCompiledAgainGivesTheSameBits() {
    Map<String, Tensor> weights = Tensors.weights(graph, seed());
    try (InferenceFunction function = backend().compile(graph, weights);
        InferenceFunction again = backend().compile(graph, weights);
        Backend other = open();
        InferenceFunction elsewhere = other.compile(graph, weights)) {
      Map<String, Tensor> first = function.run(inputs());
      assertThat(again.run(inputs())).as(about("compiled again")).isEqualTo(first);
      assertThat(elsewhere.run(inputs())).as(about("by another backend")).isEqualTo(first);
    }
  }
}
