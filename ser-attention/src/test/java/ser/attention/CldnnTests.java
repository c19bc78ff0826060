package ser.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static ser.attention.AttentionFixture.floats;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import ser.api.Device;
import ser.api.SerException;
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

class CldnnTests {
  private static final int COLUMNS = 5;
  private static final CldnnSettings SETTINGS = CldnnSettings.of(COLUMNS, 3).withWidths(4, 2, 3);

  private final Backend backend = new ReferenceBackendProvider().open(Device.CPU);

  @AfterEach
  void close() {
    backend.close();
  }

  private static Map<String, Tensor> batch(Tensor features, long... lengths) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put(Encoder.FEATURES, features);
    inputs.put(Encoder.LENGTHS, Tensor.of(lengths, lengths.length));
    return inputs;
  }

  private static Map<String, Tensor> clips(long seed, int frames, int... lengths) {
    Tensor x =
        Objects.requireNonNull(AttentionFixture.clips(seed, frames, COLUMNS, lengths).get("x"));
    return batch(x, Arrays.stream(lengths).asLongStream().toArray());
  }

  @Test
  void paddingDoesNotChangeAClipsResult() {
    int[] lengths = {1, 7, 49, 50, 51, 60, 61, 83};
    Graph graph = Cldnn.inference(SETTINGS);
    try (InferenceFunction cldnn = backend.compile(graph, graph.initialParameters(4))) {
      Map<String, Tensor> together = cldnn.run(clips(3, 97, lengths));
      int hops = floats(together, Encoder.ATTENTION).length / lengths.length;
      for (int clip = 0; clip < lengths.length; clip++) {
        Map<String, Tensor> alone = cldnn.run(clips(3 + clip, lengths[clip], lengths[clip]));
        assertThat(floats(alone, Encoder.LOGITS))
            .as("logits of %d frames", lengths[clip])
            .containsExactly(
                Arrays.copyOfRange(floats(together, Encoder.LOGITS), clip * 3, clip * 3 + 3),
                within(1e-5f));
        float[] attention = floats(alone, Encoder.ATTENTION);
        assertThat(Arrays.copyOf(attention, hops))
            .as("attention of %d frames, 0 on padding", lengths[clip])
            .containsExactly(
                Arrays.copyOfRange(
                    floats(together, Encoder.ATTENTION), clip * hops, (clip + 1) * hops),
                within(1e-5f));
        double sum = 0;
        for (float share : attention) {
          sum += share;
        }
        assertThat(sum).as("attention of %d frames", lengths[clip]).isCloseTo(1, within(1e-5));
      }
    }
  }

  @Test
  void logitsOfAClipAreTheMeanOfThoseOfItsSegments() {
    int[][] segments = {{0, 50}, {10, 60}, {20, 70}, {30, 75}};
    Graph graph = Cldnn.inference(SETTINGS);
    Map<String, Tensor> inputs = clips(5, 75, 75);
    float[] frames = floats(inputs, Encoder.FEATURES);
    try (InferenceFunction cldnn = backend.compile(graph, graph.initialParameters(6))) {
      float[] mean = new float[3];
      for (int[] segment : segments) {
        int count = segment[1] - segment[0];
        float[] own = Arrays.copyOfRange(frames, segment[0] * COLUMNS, segment[1] * COLUMNS);
        Map<String, Tensor> alone = cldnn.run(batch(Tensor.of(own, 1, count, COLUMNS), count));
        for (int i = 0; i < mean.length; i++) {
          mean[i] += floats(alone, Encoder.LOGITS)[i] / segments.length;
        }
      }
      assertThat(floats(cldnn.run(inputs), Encoder.LOGITS)).containsExactly(mean, within(1e-5f));
    }
  }

  @Test
  void aLengthBeyondTheFeaturesCountsAsTheirFrames() {
    Graph graph = Cldnn.inference(SETTINGS);
    Tensor features = Tensor.of(floats(clips(7, 64, 64), Encoder.FEATURES), 1, 64, COLUMNS);
    try (InferenceFunction cldnn = backend.compile(graph, graph.initialParameters(8))) {
      Map<String, Tensor> expected = cldnn.run(batch(features, 64));
      Map<String, Tensor> found = cldnn.run(batch(features, 1000));
      assertThat(floats(found, Encoder.LOGITS)).isEqualTo(floats(expected, Encoder.LOGITS));
      assertThat(floats(found, Encoder.ATTENTION)).isEqualTo(floats(expected, Encoder.ATTENTION));
    }
  }

  @Test
  void aStepOfTheAttentionHasTenFrames() {
    Graph graph = Cldnn.inference(SETTINGS);
    try (InferenceFunction cldnn = backend.compile(graph, graph.initialParameters(9))) {
      for (int frames : new int[] {1, 10, 11, 50, 61}) {
        assertThat(floats(cldnn.run(clips(2, frames, frames)), Encoder.ATTENTION))
            .as("attention of %d frames", frames)
            .hasSize((frames + 9) / 10);
      }
    }
  }

  @Test
  void everyParameterReceivesAGradientAndMoves() {
    Graph graph = Cldnn.training(SETTINGS);
    Map<String, Tensor> inputs = clips(11, 64, 64, 17, 9, 50);
    inputs.put(Encoder.TARGETS, Tensor.of(new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0}, 4, 3));
    AdamW adamW = AdamW.of(new WarmupCosine(0.01, 0, 10, 0.01), 0, 100);
    Map<String, Tensor> start = graph.initialParameters(5);
    try (TrainingSession session =
        new TrainingSession(
            backend, graph, Encoder.LOSS, start, TrainingOptions.of(adamW).withSeed(6))) {
      Map<String, Tensor> gradients = session.gradients(inputs);
      double largest = 0;
      for (String name : gradients.keySet()) {
        largest = Math.max(largest, largest(floats(gradients, name)));
      }
      session.step(inputs);
      for (Op.Parameter parameter : graph.parameters()) {
        String name = parameter.name();
        assertThat(largest(floats(gradients, name)))
            .as("gradient by %s, the largest being %s", name, largest)
            .isGreaterThan(1e-5 * largest);
        assertThat(floats(session.weights(), name)).as(name).isNotEqualTo(floats(start, name));
      }
    }
  }

  @Test
  void whatTrainingLearnsIsWhatInferenceTakes() {
    Graph inference = Cldnn.inference(SETTINGS);
    inference.checkParameters(Cldnn.training(SETTINGS).initialParameters(1));
  }

  @Test
  void refusesHeadsThatDoNotDivideTheChannels() {
    assertThatThrownBy(() -> SETTINGS.withWidths(6, 4, 3))
        .isInstanceOf(SerException.class)
        .hasMessage("The channels are a multiple of the heads, found 6 for 4");
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
