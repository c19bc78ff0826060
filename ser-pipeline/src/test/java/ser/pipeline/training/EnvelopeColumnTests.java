package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.attention.Encoder;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.graph.tensor.Tensor;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.modelpackage.Standardization;
import ser.pipeline.recognition.Frontend;
import ser.pipeline.recognition.Sounds;

/** The envelope in training batches: augmentation of the mel bands leaves it as it is. */
class EnvelopeColumnTests {
  private static final int COLUMNS = 65;
  private static final FeatureSettings FEATURES =
      FeatureSettings.defaults(FeatureKind.LOGMEL).withEnvelope(true);
  private static final Standardization STANDARDIZATION =
      new Standardization(Collections.nCopies(COLUMNS, -8f), Collections.nCopies(COLUMNS, 4f))
          .withoutEnvelope();

  private final FeatureCache cache = new FeatureCache(new Frontend(FEATURES, 0, 8));
  private final List<Utterance> utterances = new ArrayList<>();

  EnvelopeColumnTests(@TempDir Path folder) {
    for (int i = 0; i < 4; i++) {
      String id = "clip" + i;
      Path file = Sounds.write(folder.resolve(id + ".wav"), i, 180, 0.5 + 0.3 * i, 16_000);
      utterances.add(Utterance.of("made-up", id, file, i % 2 == 0 ? "sad" : "calm", "anna"));
    }
  }

  private Map<String, Tensor> batch(TrainingRecipe recipe) {
    return new BatchPlan(utterances, List.of("calm", "sad"), cache, 64, STANDARDIZATION, recipe, 5)
        .epoch(0)
        .get(0)
        .inputs();
  }

  private static float[] features(Map<String, Tensor> inputs) {
    return Objects.requireNonNull(inputs.get(Encoder.FEATURES)).floats();
  }

  private static long[] lengths(Map<String, Tensor> inputs) {
    return Objects.requireNonNull(inputs.get(Encoder.LENGTHS)).longs();
  }

  private static TrainingRecipe masking() {
    return ShortRecipes.augmented(1, 4)
        .withSpeeds(List.of(1.0))
        .withMixup(0)
        .withGainDb(0)
        .withTimeMaskFrames(30);
  }

  private FeatureMatrix clipOf(long frames) {
    return utterances.stream()
        .map(utterance -> cache.get(utterance, 1))
        .filter(clip -> clip.frames() == frames)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void masksAndWarpsLeaveTheEnvelopeAsItIs() {
    Map<String, Tensor> plain = batch(ShortRecipes.plain(1, 4));
    Map<String, Tensor> inputs = batch(masking());
    float[] values = features(inputs);
    assertThat(values).isNotEqualTo(features(plain));
    long[] lengths = lengths(inputs);
    int longest = values.length / COLUMNS / 4;
    for (int row = 0; row < 4; row++) {
      FeatureMatrix clip = clipOf(lengths[row]);
      for (int frame = 0; frame < longest; frame++) {
        float expected =
            frame < lengths[row] ? clip.at(frame, COLUMNS - 1) : EnvelopeColumn.SILENCE;
        assertThat(values[(row * longest + frame) * COLUMNS + COLUMNS - 1]).isEqualTo(expected);
      }
    }
  }

  @Test
  void theBandsAreMaskedAsWithoutTheEnvelope() {
    FeatureCache without =
        new FeatureCache(new Frontend(FeatureSettings.defaults(FeatureKind.LOGMEL), 0, 8));
    Standardization bands =
        new Standardization(Collections.nCopies(64, -8f), Collections.nCopies(64, 4f));
    TrainingRecipe recipe = masking().withGainDb(6);
    float[] expected =
        features(
            new BatchPlan(utterances, List.of("calm", "sad"), without, 64, bands, recipe, 5)
                .epoch(0)
                .get(0)
                .inputs());
    float[] found = features(batch(recipe));
    for (int row = 0; row < expected.length / 64; row++) {
      for (int band = 0; band < 64; band++) {
        assertThat(found[row * COLUMNS + band]).isEqualTo(expected[row * 64 + band]);
      }
    }
  }

  /** A gain of power in ln is twice that of amplitude. */
  @Test
  void aGainMovesTheEnvelopeByHalfAsMuchAsThePower() {
    TrainingRecipe recipe = ShortRecipes.plain(1, 4).withGainDb(12);
    Map<String, Tensor> inputs = batch(recipe);
    float[] plain = features(batch(ShortRecipes.plain(1, 4)));
    float[] values = features(inputs);
    long[] lengths = lengths(inputs);
    int longest = values.length / COLUMNS / 4;
    boolean moved = false;
    for (int row = 0; row < 4; row++) {
      for (int frame = 0; frame < lengths[row]; frame++) {
        int at = (row * longest + frame) * COLUMNS;
        float ofPower = 4 * (values[at] - plain[at]); // in units of the deviation, 4
        float ofAmplitude = values[at + COLUMNS - 1] - plain[at + COLUMNS - 1];
        assertThat(ofAmplitude).isCloseTo(ofPower / 2, within(1e-4f));
        moved |= Math.abs(ofAmplitude) > 0.1;
      }
    }
    assertThat(moved).isTrue();
  }

  /** Padding is silent where clips of different lengths are mixed: no full scale behind an end. */
  @Test
  void mixedClipsFadeTowardSilence() {
    Map<String, Tensor> inputs = batch(ShortRecipes.plain(1, 4).withMixup(1));
    float[] values = features(inputs);
    float loudest = EnvelopeColumn.SILENCE;
    for (Utterance utterance : utterances) {
      FeatureMatrix clip = cache.get(utterance, 1);
      for (int frame = 0; frame < clip.frames(); frame++) {
        loudest = Math.max(loudest, clip.at(frame, COLUMNS - 1));
      }
    }
    for (int at = COLUMNS - 1; at < values.length; at += COLUMNS) {
      assertThat(values[at]).isLessThanOrEqualTo(loudest);
    }
  }
}
