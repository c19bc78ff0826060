package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.AudioException;
import ser.features.audio.AudioFiles;
import ser.features.augment.Speed;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.recognition.Frontend;

class FeatureCacheTests {
  private static final List<Double> SPEEDS = List.of(0.9, 1.0);

  private final Frontend frontend =
      new Frontend(FeatureSettings.defaults(FeatureKind.LOGMEL), 9, 8);
  private final FeatureCache cache = new FeatureCache(frontend);
  private final List<Utterance> utterances;

  FeatureCacheTests(@TempDir Path folder) {
    this.utterances = ToneCorpus.write(folder, 2, 2, 2).utterances();
  }

  @Test
  void featuresAreTheFrontEndsAtEachSpeed() {
    Utterance utterance = utterances.get(3);
    for (double speed : SPEEDS) {
      FeatureMatrix expected =
          frontend.speech(Speed.change(AudioFiles.read(utterance.path()), speed)).features();
      assertThat(cache.get(utterance, speed)).isEqualTo(expected);
    }
    assertThat(cache.get(utterance, 0.9).frames()).isGreaterThan(cache.get(utterance, 1).frames());
  }

  @Test
  void whatIsPreparedIsNotReadAgain() throws IOException {
    cache.prepare(utterances, SPEEDS, TrainingListener.SILENT);
    FeatureMatrix before = cache.get(utterances.get(0), 0.9);
    for (Utterance utterance : utterances) {
      Files.delete(utterance.path());
    }
    assertThat(cache.get(utterances.get(0), 0.9)).isSameAs(before);
    cache.prepare(utterances, SPEEDS, TrainingListener.SILENT);
    assertThatThrownBy(() -> cache.get(utterances.get(0), 1.1))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining(utterances.get(0).path().toString());
  }

  @Test
  void theListenerCountsWhatWasMissing() {
    List<Integer> done = Collections.synchronizedList(new ArrayList<>());
    List<Integer> totals = Collections.synchronizedList(new ArrayList<>());
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void features(int count, int total) {
            done.add(count);
            totals.add(total);
          }
        };
    cache.prepare(utterances.subList(0, 3), SPEEDS, TrainingListener.SILENT);
    cache.prepare(utterances, SPEEDS, listener);
    assertThat(done).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
    assertThat(totals).containsOnly(5);
  }

  @Test
  void aClipThatCannotBeReadIsNamed() throws IOException {
    Files.write(utterances.get(5).path(), new byte[] {'R', 'I', 'F', 'F'});
    assertThatThrownBy(() -> cache.prepare(utterances, SPEEDS, TrainingListener.SILENT))
        .isInstanceOf(AudioException.class)
        .hasMessageStartingWith(utterances.get(5).path() + ": ")
        .hasMessageNotContaining("\n");
  }
}
