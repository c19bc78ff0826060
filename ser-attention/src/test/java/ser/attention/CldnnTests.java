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
import ser.graph.ir.GraphBuilder;
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
  private static final CldnnSettings SETTINGS = new CldnnSettings(COLUMNS, 3, 4, 4, 2, 3, 0.3);

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
    Graph graph = Encoder.inference(SETTINGS);
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
    Graph graph = Encoder.inference(SETTINGS);
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
  void theLastLayerTakesTheEmbeddingToTheLogits() {
    AttentionFixture.requireLogitsOfEmbedding(backend, SETTINGS, clips(8, 75, 75, 1, 52));
  }

  @Test
  void aLengthBeyondTheFeaturesCountsAsTheirFrames() {
    Graph graph = Encoder.inference(SETTINGS);
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
    Graph graph = Encoder.inference(SETTINGS);
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
    Graph graph = Encoder.training(SETTINGS);
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
    Graph inference = Encoder.inference(SETTINGS);
    inference.checkParameters(Encoder.training(SETTINGS).initialParameters(1));
  }

  @Test
  void refusesHeadsThatDoNotDivideTheChannels() {
    assertThatThrownBy(() -> SETTINGS.withWidths(4, 6, 4, 3))
        .isInstanceOf(SerException.class)
        .hasMessage("The channels are a multiple of the heads, found 6 for 4");
  }

  @Test
  void refusesMoreCoefficientsThanBands() {
    assertThatThrownBy(() -> CldnnSettings.of(32, 2))
        .isInstanceOf(SerException.class)
        .hasMessage("The coefficients are 1 to the number of bands, found 40 for 32");
  }

  @Test
  void coefficientsAreTheOrthonormalCosineTransformOfTheBands() {
    GraphBuilder g = new GraphBuilder("transform");
    g.output("transform", Cldnn.cosineTransform(g, 64, 40));
    Graph graph = g.build();
    float[] expected = new float[64 * 40];
    for (int band = 0; band < 64; band++) {
      for (int k = 0; k < 40; k++) {
        double scale = Math.sqrt((k == 0 ? 1 : 2) / 64.0);
        expected[band * 40 + k] = (float) (scale * Math.cos(Math.PI * k * (band + 0.5) / 64));
      }
    }
    try (InferenceFunction transform = backend.compile(graph, Map.of())) {
      assertThat(floats(transform.run(Map.of()), "transform"))
          .containsExactly(expected, within(1e-6f));
    }
  }

  @Test
  void theAttentionIsTheMeanOfThatOfTheHeads() {
    int[] lengths = {61, 83, 12};
    Graph graph = Encoder.diagnostics(SETTINGS);
    try (InferenceFunction cldnn = backend.compile(graph, graph.initialParameters(4))) {
      Map<String, Tensor> outputs = cldnn.run(clips(3, 83, lengths));
      float[] received = floats(outputs, Encoder.RECEIVED); // [3, 2 heads, 9 hops]
      float[] attention = floats(outputs, Encoder.ATTENTION);
      double apart = 0;
      for (int clip = 0; clip < lengths.length; clip++) {
        for (int hop = 0; hop < 9; hop++) {
          float first = received[clip * 18 + hop];
          float second = received[clip * 18 + 9 + hop];
          assertThat((first + second) / 2).isCloseTo(attention[clip * 9 + hop], within(1e-6f));
          apart = Math.max(apart, Math.abs(first - second));
        }
        float[] firstHead = Arrays.copyOfRange(received, clip * 18, clip * 18 + 9);
        double sum = 0;
        for (float share : firstHead) {
          sum += share;
        }
        assertThat(sum).isCloseTo(1, within(1e-5));
      }
      assertThat(apart).as("the heads differ").isGreaterThan(1e-4);
    }
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
