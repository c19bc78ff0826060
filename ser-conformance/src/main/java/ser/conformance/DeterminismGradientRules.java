package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import ser.attention.Encoder;
import ser.attention.Variant;
import ser.graph.ir.Graph;
import ser.graph.rewrite.TrainingForm;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.tensor.Tensor;
import ser.graph.training.TrainingSession;

/** Rules 9 of training: equal starts lead to equal states. */
@Tag("determinism")
abstract class DeterminismGradientRules extends Area {
  @Rule("9.3")
  @Test
  void theSameEvaluationGivesTheSameBits() {
    TrainingForm form = TrainingForm.of(Encoder.training(AttentionFixture.encoder(Variant.FA_CA)));
    Graph graph = form.graph();
    Map<String, Tensor> weights = Tensors.weights(graph, seed());
    Map<String, Tensor> inputs =
        form.inputs(AttentionFixture.labelled(seed(), 21, 21, 12, 3), form.initialStates(), seed());
    try (GradientFunction function = backend().differentiate(graph, Encoder.LOSS)) {
      Evaluation first = Evaluation.of(function, graph, weights, inputs);
      for (int call = 0; call < 5; call++) {
        assertThat(Evaluation.of(function, graph, weights, inputs))
            .as(about("call %d".formatted(call)))
            .isEqualTo(first);
      }
    }
  }

  @Rule("9.4")
  @Test
  void oneStartLeadsToOneEndBitForBit() {
    try (TrainingSession a = TrainingRules.session(backend(), Variant.FA_CA, seed());
        TrainingSession b = TrainingRules.session(backend(), Variant.FA_CA, seed());
        Backend other = open();
        TrainingSession c = TrainingRules.session(other, Variant.FA_CA, seed())) {
      for (int step = 0; step < 5; step++) {
        Map<String, Tensor> batch = TrainingRules.batch(seed(), step);
        a.step(batch);
        b.step(batch);
        c.step(batch);
      }
      assertThat(b.state()).as(about("a second session")).isEqualTo(a.state());
      assertThat(c.state()).as(about("another backend's session")).isEqualTo(a.state());
    }
  }
}
