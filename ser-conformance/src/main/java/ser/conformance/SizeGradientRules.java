package ser.conformance;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.graph.ir.Graph;
import ser.graph.spi.GradientFunction;
import ser.graph.tensor.Tensor;

/** Rules 6 of training: gradients of batches of any size, which padding does not move. */
@Tag("sizes")
abstract class SizeGradientRules extends Area {
  static Stream<AttentionFixture.Kind> kinds() {
    return AttentionFixture.kinds();
  }

  @Rule("6.5")
  @Test
  void oneGradientFunctionTakesAnyBatchAndTime() {
    Graph graph = LinearFixture.graph();
    Map<String, Tensor> weights = Tensors.weights(graph, seed());
    try (GradientFunction function = backend().differentiate(graph, LinearFixture.LOSS)) {
      for (int[] size : SizeRules.SIZES) {
        Map<String, Tensor> inputs = LinearFixture.input(seed(), size[0], size[1]);
        String what = about("batch and time " + Arrays.toString(size));
        Closeness.assertGradientsClose(
            what,
            Reference.differentiate(graph, LinearFixture.LOSS, weights, inputs).parameters(),
            attempt(what, () -> Evaluation.of(function, graph, weights, inputs)).gradients());
      }
    }
  }

  @Rule("6.6")
  @ParameterizedTest
  @MethodSource("kinds")
  void paddingDoesNotMoveAGradient(AttentionFixture.Kind kind) {
    Graph graph = AttentionFixture.attention(kind).select(AttentionFixture.LOSS);
    Map<String, Tensor> weights = Tensors.weights(graph, seed());
    try (GradientFunction function = backend().differentiate(graph, AttentionFixture.LOSS)) {
      Map<String, Tensor> tight =
          Evaluation.of(function, graph, weights, AttentionFixture.clips(seed(), 6, 6, 3, 1))
              .gradients();
      Map<String, Tensor> wide =
          Evaluation.of(function, graph, weights, AttentionFixture.clips(seed(), 11, 6, 3, 1))
              .gradients();
      tight.forEach(
          (name, gradient) ->
              Closeness.assertClose(
                  about("%s: gradient by %s".formatted(kind, name)),
                  gradient,
                  Tensors.get(wide, name),
                  Closeness.PADDING));
    }
  }
}
