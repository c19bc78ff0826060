package ser.pipeline.vad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ser.api.Device;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.graph.spi.Backend;
import ser.graph.spi.Backends;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.modelpackage.VadModel;
import ser.pipeline.recognition.Sounds;
import ser.pipeline.training.ToneCorpus;

class VadTrainingTests {
  private static final int RATE = 16_000;

  /** Voices of 1.5 s, of another pitch in each utterance. */
  private static VadExamples examples() {
    List<Utterance> utterances =
        IntStream.range(0, 12)
            .mapToObj(i -> Utterance.of("voices", "v" + i, Path.of("v" + i), "sad", "s" + i % 3))
            .toList();
    return new VadExamples(
        utterances,
        utterance ->
            AudioClip.of(
                Sounds.voice(
                    utterances.indexOf(utterance),
                    120 + 15 * utterances.indexOf(utterance),
                    1.5,
                    RATE),
                RATE));
  }

  @ParameterizedTest
  @EnumSource(SyntheticSound.class)
  void soundsHaveThePowerOfOneAndFollowFromTheirSeed(SyntheticSound sound) {
    for (long seed = 0; seed < 20; seed++) {
      float[] samples = sound.draw(RATE, RATE, new SplittableRandom(seed));
      double power = 0;
      for (float sample : samples) {
        power += (double) sample * sample / samples.length;
      }
      assertThat(power).as("seed %d", seed).isIn(0.0, power).isFinite();
      if (power != 0) {
        assertThat(power).isCloseTo(1, within(1e-4));
      }
      assertThat(sound.draw(RATE, RATE, new SplittableRandom(seed))).isEqualTo(samples);
    }
  }

  @Test
  void theTargetsAreTheFramesOfTheSpeech() {
    VadExamples.Example speech = examples().draw(true, List.of(), 0, 5);
    VadExamples.Example sound = examples().draw(false, List.of(SyntheticSound.MUSIC), 0, 5);
    assertThat(speech.features().frames()).isEqualTo(301).isEqualTo(speech.speech().length);
    assertThat(sound.speech()).containsOnly(0);
    int spoken = 0;
    double[] level = new double[2];
    for (int frame = 0; frame < 301; frame++) {
      int target = (int) speech.speech()[frame];
      spoken += target;
      level[target] += speech.features().at(frame, 10);
    }
    assertThat(spoken).isBetween(100, 300);
    assertThat(level[1] / spoken).isGreaterThan(level[0] / (301 - spoken) + 4);
  }

  @Test
  void anyDrawIsAnExample() {
    for (long seed = 0; seed < 60; seed++) {
      VadExamples.Example example = examples().draw(seed);
      assertThat(example.speech()).hasSize(301);
      for (float value : example.features().values()) {
        assertThat(value).isFinite();
      }
    }
    // A click in silence has a peak far above its power.
    for (long seed = 0; seed < 200; seed++) {
      assertThat(examples().draw(false, List.of(SyntheticSound.KNOCKS), -20, seed).speech())
          .hasSize(301);
    }
  }

  @Test
  void aDetectorLearnsToTellVoicesFromSounds() {
    try (Backend backend = Backends.best().open(Device.CPU)) {
      List<Integer> steps = new ArrayList<>();
      VadModel begun = new VadModel(VadTrainer.train(examples(), backend, 1, 1, steps::add), "");
      VadModel trained = new VadModel(VadTrainer.train(examples(), backend, 60, 1, steps::add), "");
      assertThat(steps).hasSize(61).endsWith(60);
      assertThat(error(backend, trained)).isLessThan(0.2).isLessThan(0.5 * error(backend, begun));
      VadModel again = new VadModel(VadTrainer.train(examples(), backend, 1, 1, step -> {}), "");
      assertThat(again.bytes()).isEqualTo(begun.bytes());
    }
  }

  /** The mean share of wrong frames, over speech and the sounds. */
  private static double error(Backend backend, VadModel model) {
    return VadTrainer.test(examples(), backend, model.weights(), 1).stream()
        .mapToDouble(
            result ->
                Double.isNaN(result.missed())
                    ? result.falseAlarms()
                    : (result.missed() + result.falseAlarms()) / 2)
        .average()
        .orElseThrow();
  }

  @Test
  void aCorpusOfFewSpeakersIsRefused(@TempDir Path folder) {
    Corpus corpus = ToneCorpus.write(folder, 3, 1, 1);
    assertThatThrownBy(() -> VadTraining.of(corpus, 1)).isInstanceOf(SerException.class);
  }
}
