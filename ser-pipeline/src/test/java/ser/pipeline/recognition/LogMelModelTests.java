package ser.pipeline.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.Device;
import ser.attention.Encoder;
import ser.features.dsp.FeatureMatrix;
import ser.graph.ir.Op;
import ser.graph.spi.Backend;
import ser.graph.spi.Backends;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.Standardization;
import ser.pipeline.modelpackage.TinyModel;

class LogMelModelTests {
  private static final int BANDS = 64;

  private final ModelPackage model;

  LogMelModelTests(@TempDir Path folder) {
    model = ModelPackage.read(TinyModel.write(folder));
  }

  /** Made-up natural-log mel energies. */
  private static FeatureMatrix clip(long seed, int frames) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[frames * BANDS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-20, 2);
    }
    return new FeatureMatrix(frames, BANDS, values);
  }

  private static float[] get(Map<String, Tensor> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name)).floats();
  }

  @Test
  void itsInterfaceIsThatOfTheEncoder() {
    LogMelModel plain = LogMelModel.of(model);

    assertThat(plain.graph().inputs())
        .extracting(node -> ((Op.Input) node.op()).name() + " " + node.type())
        .containsExactly("features float32[batch, time, 64]", "lengths int64[batch]");
    assertThat(plain.graph().outputs().keySet())
        .containsExactly(
            Encoder.LOGITS, Encoder.PROBABILITIES, Encoder.ATTENTION, Encoder.EMBEDDING);
    plain.graph().checkParameters(plain.weights());
  }

  @Test
  void plainFeaturesGiveWhatStandardisedOnesGiveTheEncoder() {
    LogMelModel plain = LogMelModel.of(model);
    List<FeatureMatrix> clips = List.of(clip(1, 57), clip(2, 80), clip(3, 1));
    Standardization standardization = model.description().standardization();
    try (Backend backend = Backends.best().open(Device.CPU);
        InferenceFunction encoder = backend.compile(model.graph(), model.weights());
        InferenceFunction exported = backend.compile(plain.graph(), plain.weights())) {
      Map<String, Tensor> expected =
          encoder.run(PaddedBatch.of(clips.stream().map(standardization::apply).toList()));
      Map<String, Tensor> actual = exported.run(PaddedBatch.of(clips));

      for (String output : plain.graph().outputs().keySet()) {
        assertThat(get(actual, output)).containsExactly(get(expected, output), within(1e-6f));
      }
    }
  }

  @Test
  void paddingDoesNotChangeAClipsResultWhateverItHolds() {
    LogMelModel plain = LogMelModel.of(model);
    FeatureMatrix clip = clip(4, 50);
    float[] padded = Arrays.copyOf(clip.values(), 90 * BANDS);
    Arrays.fill(padded, 50 * BANDS, padded.length, 17f);
    try (Backend backend = Backends.best().open(Device.CPU);
        InferenceFunction exported = backend.compile(plain.graph(), plain.weights())) {
      Map<String, Tensor> alone = exported.run(PaddedBatch.of(List.of(clip)));
      Map<String, Tensor> longer =
          exported.run(
              Map.of(
                  Encoder.FEATURES,
                  Tensor.of(padded, 1, 90, BANDS),
                  Encoder.LENGTHS,
                  Tensor.of(new long[] {50}, 1)));

      assertThat(get(longer, Encoder.LOGITS))
          .containsExactly(get(alone, Encoder.LOGITS), within(1e-5f));
      float[] attention = get(longer, Encoder.ATTENTION);
      assertThat(Arrays.copyOf(attention, 13))
          .containsExactly(get(alone, Encoder.ATTENTION), within(1e-5f));
      assertThat(Arrays.copyOfRange(attention, 13, attention.length)).containsOnly(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"djl", "dl4j"})
  void lengthsOutsideTheFeaturesAreClamped(String name) {
    LogMelModel plain = LogMelModel.of(model);
    long[] lengths = {1, 0, -5, Long.MIN_VALUE, 40, 41, 1000, Long.MAX_VALUE};
    List<FeatureMatrix> same = Collections.nCopies(lengths.length, clip(5, 40));
    try (Backend backend = Backends.named(name).open(Device.CPU);
        InferenceFunction exported = backend.compile(plain.graph(), plain.weights())) {
      Map<String, Tensor> batch = new HashMap<>(PaddedBatch.of(same));
      batch.put(Encoder.LENGTHS, Tensor.of(lengths, lengths.length));
      Map<String, Tensor> outputs = exported.run(batch);

      for (String output : plain.graph().outputs().keySet()) {
        float[] all = get(outputs, output);
        int row = all.length / lengths.length;
        for (int clip = 0; clip < lengths.length; clip++) {
          float[] expected = Arrays.copyOfRange(all, clip / 4 * 4 * row, (clip / 4 * 4 + 1) * row);
          assertThat(Arrays.copyOfRange(all, clip * row, (clip + 1) * row))
              .as("%s for length %d", output, lengths[clip])
              .containsExactly(expected, within(1e-6f)); // rows of a product round differently
          for (float value : expected) {
            assertThat(value).isFinite();
          }
        }
      }
    }
  }
}
