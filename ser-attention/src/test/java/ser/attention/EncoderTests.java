package ser.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static ser.attention.AttentionFixture.floats;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ser.api.Device;
import ser.graph.ir.Graph;
import ser.graph.ir.Op;
import ser.graph.spi.Backend;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;
import ser.graph.training.AdamW;
import ser.graph.training.TrainingOptions;
import ser.graph.training.TrainingSession;
import ser.graph.training.WarmupCosine;
import ser.reference.ReferenceBackendProvider;

class EncoderTests {
  private static final int BANDS = 8;

  private final Backend backend = new ReferenceBackendProvider().open(Device.CPU);

  @AfterEach
  void close() {
    backend.close();
  }

  private static EncoderSettings settings(Variant variant) {
    return EncoderSettings.of(variant, 64, 3)
        .withConvolutions(List.of(4, 6), List.of(2, 1))
        .withAttention(
            AttentionSettings.of(variant, 8, 2).withCalibration(CalibrationGate.WINDOWED, 3, 6))
        .withBlocks(2)
        .withHiddenWidths(12, 5)
        .withDropout(0.1, 0.1)
        .withBandsAndClasses(BANDS, 3);
  }

  private static Map<String, Tensor> batch(long seed, int frames, int... lengths) {
    Map<String, Tensor> clips = AttentionFixture.clips(seed, frames, BANDS, lengths);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put(Encoder.FEATURES, clips.getOrDefault("x", Tensor.scalar(0)));
    inputs.put(Encoder.LENGTHS, clips.getOrDefault("lengths", Tensor.scalar(0)));
    return inputs;
  }

  @ParameterizedTest
  @EnumSource
  void paddingDoesNotChangeAClipsResult(Variant variant) {
    int[] lengths = {1, 2, 3, 4, 5, 7, 12, 31, 40};
    Graph graph = Encoder.inference(settings(variant));
    try (InferenceFunction encoder = backend.compile(graph, graph.initialParameters(4))) {
      Map<String, Tensor> together = encoder.run(batch(3, 43, lengths));
      int padded = floats(together, Encoder.ATTENTION).length / lengths.length;
      for (int clip = 0; clip < lengths.length; clip++) {
        Map<String, Tensor> alone = encoder.run(batch(3 + clip, lengths[clip], lengths[clip]));
        assertThat(floats(alone, Encoder.LOGITS))
            .as("logits of %d frames", lengths[clip])
            .containsExactly(
                Arrays.copyOfRange(floats(together, Encoder.LOGITS), clip * 3, clip * 3 + 3),
                within(1e-5f));
        float[] attention = floats(alone, Encoder.ATTENTION);
        float[] expected =
            Arrays.copyOf(
                Arrays.copyOfRange(
                    floats(together, Encoder.ATTENTION), clip * padded, (clip + 1) * padded),
                padded);
        assertThat(Arrays.copyOf(attention, padded))
            .as("attention of %d frames, 0 on padding", lengths[clip])
            .containsExactly(expected, within(1e-5f));
        assertThat(attention).hasSize((lengths[clip] + 3) / 4);
        double sum = 0;
        for (float share : attention) {
          sum += share;
        }
        assertThat(sum).isCloseTo(1, within(1e-5));
      }
    }
  }

  /**
   * Gradients that are zero but for rounding are 10⁻⁷ of the largest; those that are meant are
   * above 10⁻⁵ of it. The perceptron of Calibration-Attention has a last layer of zeros, which lets
   * nothing through to its first in the very first step: hence the second.
   */
  @ParameterizedTest
  @EnumSource
  void everyParameterReceivesAGradientAndMoves(Variant variant) {
    Graph graph = Encoder.training(settings(variant));
    Map<String, Tensor> inputs = batch(11, 24, 24, 17, 9, 20);
    inputs.put(Encoder.TARGETS, Tensor.of(new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0}, 4, 3));
    AdamW adamW = AdamW.of(new WarmupCosine(0.01, 0, 10, 0.01), 0, 100);
    Map<String, Tensor> start = graph.initialParameters(5);
    try (TrainingSession session =
        new TrainingSession(
            backend, graph, Encoder.LOSS, start, TrainingOptions.of(adamW).withSeed(6))) {
      session.step(inputs);
      Map<String, Tensor> gradients = session.gradients(inputs);
      double largest = 0;
      for (String name : gradients.keySet()) {
        largest = Math.max(largest, norm(floats(gradients, name)));
      }
      for (Op.Parameter parameter : graph.parameters()) {
        assertThat(norm(floats(gradients, parameter.name())))
            .as("gradient by %s, the largest being %s", parameter.name(), largest)
            .isGreaterThan(1e-5 * largest);
      }
      session.step(inputs);
      for (Op.Parameter parameter : graph.parameters()) {
        assertThat(floats(session.weights(), parameter.name()))
            .as(parameter.name())
            .isNotEqualTo(floats(start, parameter.name()));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatTrainingLearnsIsWhatInferenceTakes(Variant variant) {
    Graph training = Encoder.training(settings(variant));
    Graph inference = Encoder.inference(settings(variant));
    Map<String, Tensor> learned = new LinkedHashMap<>(training.initialParameters(1));
    training.nodes().stream()
        .map(node -> node.op())
        .filter(Op.State.class::isInstance)
        .map(Op.State.class::cast)
        .forEach(
            state ->
                learned.put(
                    state.name(),
                    Tensor.zeros(state.type().dataType(), state.type().fixedShape())));
    inference.checkParameters(learned);
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
