package ser.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static ser.attention.AttentionFixture.floats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
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

  /**
   * Encoders with every bias and every gate, the envelope where it is needed, every normalisation,
   * projections of one layer and of several, and fusions.
   */
  static Stream<EncoderSettings> encoders() {
    return Stream.concat(Stream.concat(convolving(), normalizing()), projecting());
  }

  private static Stream<EncoderSettings> projecting() {
    EncoderSettings plain = settings(Variant.FA_CA).withProjection(BANDS, 1);
    return Stream.of(
        plain,
        plain.withProjection(BANDS, 2).withNormalization(ClipNormalization.CHANNEL),
        settings(Variant.FA)
            .withAttention(
                AttentionSettings.of(Variant.FA, 8, 2)
                    .withFocus(new FocusSettings(FocusBias.PEAK_CENTRE, 0.5)))
            .withEnvelope(true)
            .withProjection(BANDS, 4),
        settings(Variant.FA_CA).withFusion(6, 2),
        settings(Variant.FA_CA)
            .withFusion(5, 1)
            .withNormalization(ClipNormalization.CHANNEL)
            .withEnvelope(true));
  }

  private static Stream<EncoderSettings> normalizing() {
    return Stream.of(ClipNormalization.LEVEL, ClipNormalization.CHANNEL)
        .map(settings(Variant.FA_CA)::withNormalization);
  }

  private static Stream<EncoderSettings> convolving() {
    return AttentionFixture.kinds()
        .map(
            kind ->
                settings(kind.variant())
                    .withAttention(kind.withCalibration(kind.calibration(), 3, 6))
                    .withEnvelope(kind.needsEnvelope()));
  }

  private static int steps(EncoderSettings settings, int frames) {
    return (frames + settings.framesPerStep() - 1) / settings.framesPerStep();
  }

  private static Map<String, Tensor> batch(long seed, int frames, int... lengths) {
    return batch(seed, frames, BANDS, lengths);
  }

  private static Map<String, Tensor> batchOf(
      EncoderSettings settings, long seed, int frames, int... lengths) {
    return batch(seed, frames, settings.columns(), lengths);
  }

  private static Map<String, Tensor> batch(long seed, int frames, int columns, int[] lengths) {
    Map<String, Tensor> clips = AttentionFixture.clips(seed, frames, columns, lengths);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put(Encoder.FEATURES, clips.getOrDefault("x", Tensor.scalar(0)));
    inputs.put(Encoder.LENGTHS, clips.getOrDefault("lengths", Tensor.scalar(0)));
    return inputs;
  }

  @ParameterizedTest
  @MethodSource("encoders")
  void paddingDoesNotChangeAClipsResult(EncoderSettings settings) {
    int[] lengths = {1, 2, 3, 4, 5, 7, 12, 31, 40};
    Graph graph = Encoder.inference(settings);
    try (InferenceFunction encoder = backend.compile(graph, graph.initialParameters(4))) {
      Map<String, Tensor> together = encoder.run(batchOf(settings, 3, 43, lengths));
      int padded = floats(together, Encoder.ATTENTION).length / lengths.length;
      for (int clip = 0; clip < lengths.length; clip++) {
        Map<String, Tensor> alone =
            encoder.run(batchOf(settings, 3 + clip, lengths[clip], lengths[clip]));
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
        assertThat(attention).hasSize(steps(settings, lengths[clip]));
        double sum = 0;
        for (float share : attention) {
          sum += share;
        }
        assertThat(sum).isCloseTo(1, within(1e-5));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("encoders")
  void theLastLayerTakesTheEmbeddingToTheLogits(EncoderSettings settings) {
    AttentionFixture.requireLogitsOfEmbedding(
        backend, settings, batchOf(settings, 6, 30, 30, 1, 17));
  }

  /**
   * Gradients that are zero but for rounding are 10⁻⁷ of the largest; those that are meant are
   * above 10⁻⁵ of it. The perceptron of Calibration-Attention has a last layer of zeros, which lets
   * nothing through to its first in the very first step: hence the second.
   */
  @ParameterizedTest
  @MethodSource("encoders")
  void everyParameterReceivesAGradientAndMoves(EncoderSettings settings) {
    Graph graph =
        Encoder.training(
            settings, LossWeights.none().withAlignment(settings.envelope() ? 0.5 : 0), 0);
    Map<String, Tensor> inputs = batchOf(settings, 11, 24, 24, 17, 9, 20);
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
  @MethodSource("encoders")
  void whatTrainingLearnsIsWhatInferenceTakes(EncoderSettings settings) {
    Graph training = Encoder.training(settings);
    Graph inference = Encoder.inference(settings);
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

  @ParameterizedTest
  @EnumSource
  void diagnosticsAddInternalsToTheInferenceGraph(Variant variant) {
    Graph inference = Encoder.inference(settings(variant));
    Graph diagnostics = Encoder.diagnostics(settings(variant));
    Map<String, Tensor> weights = inference.initialParameters(4);
    assertThat(diagnostics.parameters()).isEqualTo(inference.parameters());
    List<String> outputs =
        new ArrayList<>(
            List.of(
                Encoder.LOGITS,
                Encoder.ATTENTION,
                Encoder.EMBEDDING,
                Encoder.PROBABILITIES,
                Encoder.RECEIVED));
    if (variant.focus()) {
      outputs.addAll(List.of(Encoder.CENTRE, Encoder.WIDTH));
    }
    if (variant.calibration()) {
      outputs.add(Encoder.GATES);
    }
    assertThat(diagnostics.outputs().keySet()).containsExactlyElementsOf(outputs);

    Map<String, Tensor> inputs = batch(3, 43, 43, 12, 1);
    Map<String, Tensor> expected = AttentionFixture.run(backend, inference, weights, inputs);
    Map<String, Tensor> actual = AttentionFixture.run(backend, diagnostics, weights, inputs);
    for (String output : inference.outputs().keySet()) {
      assertThat(floats(actual, output)).containsExactly(floats(expected, output), within(1e-6f));
    }
    float[] attention = floats(actual, Encoder.ATTENTION);
    int steps = attention.length / 3;
    float[] mean = new float[attention.length];
    float[] received = floats(actual, Encoder.RECEIVED);
    assertThat(received).as("3 clips, 2 blocks, 2 heads").hasSize(3 * 4 * steps);
    for (int i = 0; i < received.length; i++) {
      mean[i / (4 * steps) * steps + i % steps] += received[i] / 4;
    }
    assertThat(mean).containsExactly(attention, within(1e-6f));
  }

  @ParameterizedTest
  @MethodSource("encoders")
  void paddingDoesNotChangeTheDiagnosticsOfAClip(EncoderSettings settings) {
    int[] lengths = {1, 2, 7, 31, 40};
    Graph graph = Encoder.diagnostics(settings);
    try (InferenceFunction encoder = backend.compile(graph, graph.initialParameters(4))) {
      Map<String, Tensor> together = encoder.run(batchOf(settings, 3, 43, lengths));
      for (String output :
          List.of(Encoder.RECEIVED, Encoder.CENTRE, Encoder.WIDTH, Encoder.GATES)) {
        if (!together.containsKey(output)) {
          continue;
        }
        float[] padded = floats(together, output);
        int steps = padded.length / (lengths.length * 4);
        for (int clip = 0; clip < lengths.length; clip++) {
          float[] alone =
              floats(
                  encoder.run(batchOf(settings, 3 + clip, lengths[clip], lengths[clip])), output);
          int own = alone.length / 4;
          for (int head = 0; head < 4; head++) {
            int row = (clip * 4 + head) * steps;
            assertThat(Arrays.copyOfRange(padded, row, row + own))
                .as("%s of head %d, %d frames", output, head, lengths[clip])
                .containsExactly(
                    Arrays.copyOfRange(alone, head * own, (head + 1) * own), within(1e-5f));
            for (int step = own; step < steps; step++) {
              assertThat(padded[row + step]).as("%s on padding", output).isZero();
            }
          }
        }
      }
    }
  }

  /** Weights under which each head's window and gate are known: see SelfAttentionTests. */
  @Test
  void diagnosticsOrderHeadsByBlock() {
    Graph graph = Encoder.diagnostics(settings(Variant.FA_CA));
    Map<String, Tensor> weights = new LinkedHashMap<>(graph.initialParameters(4));
    double[] centres = {0.2, 0.4, 0.6, 0.8};
    double[] gates = {0.5, 0.9, 1.3, 1.7};
    for (int head = 0; head < 4; head++) {
      String name = "block" + head / 2 + ".attention";
      Arrays.fill(floats(weights, name + ".focus.query.weight"), 0);
      Arrays.fill(floats(weights, name + ".focus.clip.weight"), 0);
      Arrays.fill(floats(weights, name + ".focus.query.bias"), 1);
      for (int i = 0; i < 4; i++) { // the width of a head is 4
        int at = head % 2 * 4 + i;
        floats(weights, name + ".focus.centre")[at] =
            (float) (Math.log(centres[head] / (1 - centres[head])) / (4 * Math.tanh(1)));
        floats(weights, name + ".focus.width")[at] = -4;
      }
      floats(weights, name + ".calibration.gate.bias")[head % 2] =
          (float) Math.log(gates[head] / (2 - gates[head]));
    }
    Map<String, Tensor> outputs =
        AttentionFixture.run(backend, graph, weights, batch(3, 40, 40, 20));
    int steps = 10;
    double width = 1 / (1 + Math.exp(16 * Math.tanh(1)));
    for (int clip = 0; clip < 2; clip++) {
      int own = clip == 0 ? 10 : 5;
      for (int head = 0; head < 4; head++) {
        for (int step = 0; step < own; step++) {
          int at = (clip * 4 + head) * steps + step;
          assertThat((double) floats(outputs, Encoder.CENTRE)[at])
              .isCloseTo(own * centres[head], within(1e-4));
          assertThat((double) floats(outputs, Encoder.WIDTH)[at])
              .isCloseTo(Math.max(own * width, 0.5), within(1e-4));
          assertThat((double) floats(outputs, Encoder.GATES)[at])
              .isCloseTo(gates[head], within(1e-5));
        }
      }
    }
  }

  /** Without the envelope's own column, the results are those of the same features. */
  @Test
  void anEnvelopeThatNothingNeedsChangesNothing() {
    EncoderSettings plain = settings(Variant.FA_CA);
    EncoderSettings with = plain.withEnvelope(true);
    Map<String, Tensor> wide = batchOf(with, 3, 20, 20, 9);
    float[] narrow = new float[2 * 20 * BANDS];
    for (int frame = 0; frame < 40; frame++) {
      System.arraycopy(
          floats(wide, Encoder.FEATURES), frame * (BANDS + 1), narrow, frame * BANDS, BANDS);
    }
    Map<String, Tensor> same = new LinkedHashMap<>(wide);
    same.put(Encoder.FEATURES, Tensor.of(narrow, 2, 20, BANDS));
    assertThat(logits(with, wide)).isEqualTo(logits(plain, same));
  }

  /** A gain adds one constant to all values, a linear filter one to those of each band. */
  @Test
  void aNormalisationTakesGainOrFilterAway() {
    Map<String, Tensor> clips = batch(3, 20, 20, 9);
    Map<String, Tensor> louder = shifted(clips, 3, 0);
    Map<String, Tensor> filtered = shifted(clips, 1, 0.5f);
    EncoderSettings none = settings(Variant.FA_CA);
    EncoderSettings level = none.withNormalization(ClipNormalization.LEVEL);
    EncoderSettings channel = none.withNormalization(ClipNormalization.CHANNEL);
    assertThat(largestDifference(none, clips, louder)).isGreaterThan(0.1);
    assertThat(largestDifference(level, clips, louder)).isLessThan(1e-4);
    assertThat(largestDifference(level, clips, filtered)).isGreaterThan(0.02);
    assertThat(largestDifference(channel, clips, filtered)).isLessThan(1e-4);
  }

  private static Map<String, Tensor> shifted(Map<String, Tensor> clips, float all, float band) {
    float[] values = floats(clips, Encoder.FEATURES).clone();
    for (int i = 0; i < values.length; i++) {
      values[i] += all + band * (i % BANDS);
    }
    Map<String, Tensor> shifted = new LinkedHashMap<>(clips);
    shifted.computeIfPresent(
        Encoder.FEATURES, (name, features) -> Tensor.of(values, features.shape()));
    return shifted;
  }

  private double largestDifference(
      EncoderSettings settings, Map<String, Tensor> clips, Map<String, Tensor> others) {
    float[] first = logits(settings, clips);
    float[] second = logits(settings, others);
    return IntStream.range(0, first.length)
        .mapToDouble(i -> Math.abs(first[i] - second[i]))
        .max()
        .orElseThrow();
  }

  private float[] logits(EncoderSettings settings, Map<String, Tensor> inputs) {
    Graph graph = Encoder.inference(settings);
    return floats(
        AttentionFixture.run(backend, graph, graph.initialParameters(4), inputs), Encoder.LOGITS);
  }

  @Test
  void aBiasByTheEnvelopeNeedsItAmongTheFeatures() {
    EncoderSettings settings =
        settings(Variant.FA)
            .withAttention(
                AttentionSettings.of(Variant.FA, 8, 2)
                    .withFocus(FocusSettings.defaults().withBias(FocusBias.AMPLITUDE)));
    assertThatThrownBy(() -> Encoder.inference(settings))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("AMPLITUDE needs the amplitude envelope");
    assertThatThrownBy(
            () -> Encoder.training(settings(Variant.FA), LossWeights.none().withAlignment(1), 0))
        .isInstanceOf(SerException.class)
        .hasMessage("The alignment loss needs the amplitude envelope; expected features with it");
  }

  /**
   * The divergence by hand, from the attention that the encoder reports: the training graph has no
   * dropout here, and normalisations over the batch do not change the attention's definition.
   */
  @Test
  void theAlignmentLossIsTheDivergenceOfAmplitudeAndAttention() {
    EncoderSettings settings =
        settings(Variant.FA).withEnvelope(true).withDropout(0, 0).withBlocks(1);
    // Zero queries, keys and windows as wide as can be: the attention is nearly uniform.
    Map<String, Tensor> start =
        new LinkedHashMap<>(Encoder.training(settings).initialParameters(4));
    Arrays.fill(floats(start, "block0.attention.query.weight"), 0);
    Arrays.fill(floats(start, "block0.attention.focus.clip.weight"), 0);
    Arrays.fill(floats(start, "block0.attention.focus.query.weight"), 0);
    Map<String, Tensor> inputs = batchOf(settings, 3, 17, 17);
    inputs.put(Encoder.TARGETS, Tensor.of(new float[] {1, 0, 0}, 1, 3));
    double[] power = new double[17];
    for (int frame = 0; frame < 17; frame++) {
      power[frame] = Math.exp(2 * floats(inputs, Encoder.FEATURES)[frame * (BANDS + 1) + BANDS]);
    }
    double[] share = new double[5];
    double[] received = new double[5];
    double sum = 0;
    double total = 0;
    for (int step = 0; step < 5; step++) {
      int from = Math.max(0, 4 * step - 2);
      int to = Math.min(16, 4 * step + 2);
      for (int frame = from; frame <= to; frame++) {
        share[step] += power[frame] / (to - from + 1);
      }
      share[step] = Math.sqrt(share[step]);
      sum += share[step];
      double distance = (step - 2.5) / 2.5; // centre and width of half a clip
      received[step] = Math.exp(-2 * distance * distance);
      total += received[step];
    }
    double divergence = 0;
    for (int step = 0; step < 5; step++) {
      double p = share[step] / sum;
      divergence += p * Math.log(p / (received[step] / total));
    }
    double difference =
        loss(Encoder.training(settings, LossWeights.none().withAlignment(3), 0), start, inputs)
            - loss(Encoder.training(settings), start, inputs);
    assertThat(difference).isCloseTo(3 * divergence, within(1e-5));
  }

  /** The loss by hand, from the embeddings that the inference graph gives. */
  @Test
  void theContrastiveLossIsThatOfTheEmbeddings() {
    EncoderSettings settings =
        settings(Variant.MHSA).withProjection(BANDS, 1).withDropout(0, 0).withBlocks(1);
    Map<String, Tensor> start = Encoder.training(settings).initialParameters(4);
    Map<String, Tensor> inputs = batchOf(settings, 3, 17, 17, 9, 12, 5);
    float[] embeddings = embeddings(settings, start, inputs);
    float[] targets = {1, 0, 0, 1, 0, 0, 0, 0.5f, 0.5f, 0, 0, 1};
    inputs.put(Encoder.TARGETS, Tensor.of(targets, 4, 3));
    int width = embeddings.length / 4;
    double expected = 0;
    for (int i = 0; i < 4; i++) {
      double all = 0;
      double common = 0;
      for (int j = 0; j < 4; j++) {
        all += i == j ? 0 : Math.exp(cosine(embeddings, width, i, j) / 0.1);
        common += i == j ? 0 : dot(targets, 3, i, j);
      }
      for (int j = 0; j < 4; j++) {
        if (i != j && common > 0) {
          expected -=
              dot(targets, 3, i, j)
                  / common
                  * Math.log(Math.exp(cosine(embeddings, width, i, j) / 0.1) / all)
                  / 4;
        }
      }
    }
    double difference =
        loss(Encoder.training(settings, LossWeights.none().withContrastive(2), 0), start, inputs)
            - loss(Encoder.training(settings), start, inputs);
    assertThat(difference).isCloseTo(2 * expected, within(1e-4));
    assertThat(expected).isGreaterThan(0.1);
  }

  private float[] embeddings(
      EncoderSettings settings, Map<String, Tensor> weights, Map<String, Tensor> inputs) {
    try (InferenceFunction function = backend.compile(Encoder.inference(settings), weights)) {
      return floats(function.run(inputs), Encoder.EMBEDDING);
    }
  }

  /** The loss by hand, from the embeddings that the inference graph gives. */
  @Test
  void theCenterLossIsHalfTheSquaredDistanceToTheCentersOfTheTargets() {
    EncoderSettings settings =
        settings(Variant.MHSA).withProjection(BANDS, 1).withDropout(0, 0).withBlocks(1);
    Graph graph = Encoder.training(settings, LossWeights.none().withCenter(2), 0);
    Map<String, Tensor> start = new LinkedHashMap<>(graph.initialParameters(4));
    float[] centers = floats(start, "center.centers");
    for (int i = 0; i < centers.length; i++) {
      centers[i] = (float) Math.sin(i);
    }
    Map<String, Tensor> inputs = batchOf(settings, 3, 17, 17, 9);
    Map<String, Tensor> ofModel = new LinkedHashMap<>(start);
    ofModel.remove("center.centers");
    float[] embeddings = embeddings(settings, ofModel, inputs);
    float[] targets = {1, 0, 0, 0, 0.25f, 0.75f};
    inputs.put(Encoder.TARGETS, Tensor.of(targets, 2, 3));
    int width = embeddings.length / 2;
    double expected = 0;
    for (int clip = 0; clip < 2; clip++) {
      for (int i = 0; i < width; i++) {
        double distance = embeddings[clip * width + i];
        for (int label = 0; label < 3; label++) {
          distance -= targets[clip * 3 + label] * centers[label * width + i];
        }
        expected += 0.5 * distance * distance / 2;
      }
    }
    double difference =
        loss(graph, start, inputs) - loss(Encoder.training(settings), ofModel, inputs);
    assertThat(difference).isCloseTo(2 * expected, within(1e-3));
    assertThat(expected).isGreaterThan(1);
  }

  @Test
  void theLossesOfEmbeddingsAreRefusedWhereTheyHaveNoMeaning() {
    LossWeights adversarial = LossWeights.none().withAdversarial(1);
    assertThatThrownBy(() -> Encoder.training(settings(Variant.MHSA), adversarial, 1))
        .isInstanceOf(SerException.class)
        .hasMessage("Domain-adversarial training needs two domains or more, found 1");
    assertThatThrownBy(() -> Encoder.training(CldnnSettings.of(64, 3), adversarial, 2))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("A CLDNN has no contrastive, center or adversarial loss");
  }

  /** The rows of the projection that belong to the encoder's outputs, by their effect. */
  @Test
  void aFusionProjectsTheMeanVectorOfTheFramesAroundEachStep() {
    EncoderSettings settings = settings(Variant.MHSA).withFusion(2, 1).withDropout(0, 0);
    Graph inference = Encoder.inference(settings);
    Map<String, Tensor> weights = new LinkedHashMap<>(inference.initialParameters(4));
    float[] projection = floats(weights, "projection.weight");
    int width = settings.attention().width();
    int ofBands = projection.length / width - 2;
    Arrays.fill(projection, 0, ofBands * width, 0); // the convolutions have no part
    int perStep = settings.framesPerStep();
    int frames = 4 * perStep + 1;
    Map<String, Tensor> inputs = batchOf(settings, 3, frames, frames);
    float[] features = floats(inputs, Encoder.FEATURES);
    int columns = settings.columns();
    float[] means = new float[5 * 2]; // of five steps
    for (int i = 0; i < means.length; i++) {
      int from = Math.max(0, perStep * (i / 2) - perStep / 2);
      int to = Math.min(frames - 1, perStep * (i / 2) + perStep / 2);
      double sum = 0;
      for (int frame = from; frame <= to; frame++) {
        sum += features[frame * columns + columns - 2 + i % 2];
      }
      means[i] = (float) (sum / (to - from + 1));
    }
    // A projection without convolutions of the means by hand gives the same answer.
    EncoderSettings projected = settings.withProjection(2, 1);
    Map<String, Tensor> ofProjection = new LinkedHashMap<>();
    for (Op.Parameter parameter : Encoder.inference(projected).parameters()) {
      ofProjection.put(
          parameter.name(),
          parameter.name().equals("projection.weight")
              ? Tensor.of(
                  Arrays.copyOfRange(projection, ofBands * width, projection.length), 2, width)
              : Objects.requireNonNull(weights.get(parameter.name())));
    }
    Map<String, Tensor> byHand =
        Map.of(
            Encoder.FEATURES,
            Tensor.of(means, 1, 5, 2),
            Encoder.LENGTHS,
            Tensor.of(new long[] {5}, 1));
    float[] expected = embeddings(projected, ofProjection, byHand);
    float[] found = embeddings(settings, weights, inputs);
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i], within(1e-5f));
    }
  }

  private static double dot(float[] rows, int width, int a, int b) {
    double sum = 0;
    for (int i = 0; i < width; i++) {
      sum += (double) rows[a * width + i] * rows[b * width + i];
    }
    return sum;
  }

  private static double cosine(float[] rows, int width, int a, int b) {
    return dot(rows, width, a, b) / Math.sqrt(dot(rows, width, a, a) * dot(rows, width, b, b));
  }

  private double loss(Graph graph, Map<String, Tensor> weights, Map<String, Tensor> inputs) {
    AdamW adamW = AdamW.of(new WarmupCosine(0.01, 0, 10, 0.01), 0, 100);
    try (TrainingSession session =
        new TrainingSession(
            backend, graph, Encoder.LOSS, weights, TrainingOptions.of(adamW).withSeed(6))) {
      return session.step(inputs).loss();
    }
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
