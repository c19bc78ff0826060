package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.api.BackendException;
import ser.api.Device;
import ser.attention.Encoder;
import ser.attention.Variant;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;
import ser.graph.training.AdamW;
import ser.graph.training.TrainingOptions;
import ser.graph.training.TrainingSession;
import ser.graph.training.TrainingState;
import ser.graph.training.WarmupCosine;
import ser.reference.ReferenceBackendProvider;

/** Rules 7: training the encoder, with dropouts and batch normalisation. */
@Tag("training")
abstract class TrainingRules extends Area {
  static final int STEPS = 20;

  static Stream<Variant> variants() {
    return Arrays.stream(Variant.values());
  }

  /** Of the encoder; all sessions start at the same weights. */
  static TrainingSession session(Backend backend, Variant variant, long seed) {
    return session(backend, variant, seed, seed);
  }

  private static TrainingSession session(Backend backend, Variant variant, long start, long masks) {
    Graph graph = Encoder.training(AttentionFixture.encoder(variant));
    AdamW adamW = AdamW.of(new WarmupCosine(2e-3, 5, STEPS, 1e-4), 0.01, 1);
    return new TrainingSession(
        backend,
        graph,
        Encoder.LOSS,
        Tensors.weights(graph, start),
        TrainingOptions.of(adamW).withEmaDecay(0.9).withSeed(masks));
  }

  /** The batch of a step: its sizes differ from the last one's. */
  static Map<String, Tensor> batch(long seed, int step) {
    int frames = 16 + step % 5;
    return step % 2 == 0
        ? AttentionFixture.labelled(seed + 100L * step, frames, frames, 7, 12)
        : AttentionFixture.labelled(seed + 100L * step, frames, 9, frames, 3, 14);
  }

  @Rule("7.1")
  @ParameterizedTest
  @MethodSource("variants")
  void twentyStepsLeadWhereTheReferenceGoes(Variant variant) {
    try (Backend reference = new ReferenceBackendProvider().open(Device.CPU);
        TrainingSession expected = session(reference, variant, seed());
        TrainingSession found = session(backend(), variant, seed())) {
      for (int step = 0; step < STEPS; step++) {
        double loss = expected.step(batch(seed(), step)).loss();
        assertThat(found.step(batch(seed(), step)).loss())
            .as(about("%s: loss of step %d".formatted(variant, step)))
            .isCloseTo(loss, within(Closeness.TRAINING));
      }
      compare(variant + ": weights", expected.weights(), found.weights());
      compare(variant + ": average", expected.averagedWeights(), found.averagedWeights());
    }
  }

  private void compare(String what, Map<String, Tensor> expected, Map<String, Tensor> found) {
    assertThat(found.keySet()).as(about(what)).isEqualTo(expected.keySet());
    expected.forEach(
        (name, tensor) ->
            Closeness.assertClose(
                about("%s: %s".formatted(what, name)),
                tensor,
                Tensors.get(found, name),
                Closeness.TRAINING));
  }

  @Rule("7.2")
  @Test
  void aSessionRestoredGoesOnBitForBit() {
    try (TrainingSession session = session(backend(), Variant.FA_CA, seed());
        Backend other = open();
        TrainingSession resumed = session(other, Variant.FA_CA, seed() + 1, seed())) {
      advance(session, 0, 4);
      TrainingState saved = session.state();
      advance(session, 4, 8);
      TrainingState expected = session.state();
      advance(resumed, 0, 2);
      resumed.restore(saved);
      advance(resumed, 4, 8);
      assertThat(resumed.state()).as(about("another session")).isEqualTo(expected);
      session.restore(saved);
      advance(session, 4, 8);
      assertThat(session.state()).as(about("the same session")).isEqualTo(expected);
    }
  }

  private void advance(TrainingSession session, int from, int to) {
    for (int step = from; step < to; step++) {
      session.step(batch(seed(), step));
    }
  }

  @Rule("7.3")
  @Test
  void whatWasLearnedServesInInference() {
    Graph graph = Encoder.inference(AttentionFixture.encoder(Variant.FA_CA));
    Map<String, Tensor> learned;
    try (TrainingSession session = session(backend(), Variant.FA_CA, seed())) {
      advance(session, 0, 3);
      learned = session.weights();
    }
    Map<String, Tensor> inputs = AttentionFixture.features(seed(), 21, 21, 5, 13);
    try (InferenceFunction function = backend().compile(graph, learned)) {
      Closeness.assertClose(
          about(graph.name()),
          Reference.run(graph, learned, inputs),
          function.run(inputs),
          Closeness.FORWARD);
    }
  }

  @Rule("7.4")
  @Test
  void aStepThatIsNoNumberFailsAndLeavesEverythingAsItWas() {
    try (TrainingSession session = session(backend(), Variant.MHSA, seed());
        TrainingSession undisturbed = session(backend(), Variant.MHSA, seed())) {
      advance(session, 0, 2);
      advance(undisturbed, 0, 2);
      TrainingState before = session.state();
      long arrays = backend().liveArrays();
      Map<String, Tensor> broken = new LinkedHashMap<>(Tensors.copy(batch(seed(), 2)));
      Tensors.get(broken, Encoder.FEATURES).floats()[3] = Float.NaN;
      assertThatThrownBy(() -> session.step(broken))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("NaN");
      assertThat(session.state()).as("the state").isEqualTo(before);
      assertThat(backend().liveArrays()).as("live arrays").isEqualTo(arrays);
      advance(session, 2, 4);
      advance(undisturbed, 2, 4);
      assertThat(session.state()).as("two steps later").isEqualTo(undisturbed.state());
    }
  }
}
