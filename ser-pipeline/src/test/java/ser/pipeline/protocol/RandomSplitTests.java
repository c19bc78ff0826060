package ser.pipeline.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.SerException;
import ser.pipeline.corpus.Utterance;

class RandomSplitTests {
  private final Protocol random = Protocols.named("random");
  private final MadeUpCorpus clips;

  RandomSplitTests(@TempDir Path folder) {
    clips = new MadeUpCorpus(folder);
  }

  @Test
  void eachFoldHasATenthToTestAndATenthToDevelopFromEveryClass() {
    fiftySadAndThirtyHappy();
    List<Fold> folds = random.folds(clips.corpus(), 1);
    assertThat(folds).hasSize(5);
    assertThat(folds)
        .allSatisfy(
            fold -> {
              assertThat(sad(fold.test())).isEqualTo(5);
              assertThat(sad(fold.development())).isEqualTo(5);
              assertThat(sad(fold.train())).isEqualTo(40);
              assertThat(fold.test()).hasSize(8);
              assertThat(fold.development()).hasSize(8);
              assertThat(fold.train()).hasSize(64);
            });
  }

  @Test
  void noClipIsTestedTwice() {
    fiftySadAndThirtyHappy();
    assertThat(random.folds(clips.corpus(), 1).stream().flatMap(fold -> fold.test().stream()))
        .doesNotHaveDuplicates();
  }

  @Test
  void theSeedDecides() {
    fiftySadAndThirtyHappy();
    assertThat(random.folds(clips.corpus(), 1))
        .isEqualTo(random.folds(clips.corpus(), 1))
        .isNotEqualTo(random.folds(clips.corpus(), 2));
  }

  @Test
  void withoutDevelopmentNineTenthsAreTrainedOn() {
    fiftySadAndThirtyHappy();
    assertThat(random.folds(clips.corpus(), 1, Development.NONE))
        .allSatisfy(
            fold -> {
              assertThat(fold.train()).hasSize(72);
              assertThat(fold.development()).isEmpty();
            });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void identicalRecordingsStayTogetherWhateverTheirLabels(long seed) {
    fiftySadAndThirtyHappy();
    for (int i = 0; i < 20; i++) {
      clips.clip("sad", "anna", -1, -i).clip("happy", "bert", -1, -i);
    }
    LeakCheck leaks = new LeakCheck(random);
    random.folds(clips.corpus(), seed).forEach(leaks::check);
  }

  @Test
  void aCorpusOfTooFewRecordingsDoesNotFit() {
    for (int i = 0; i < 9; i++) {
      clips.clip("sad", "anna");
    }
    clips.clip("sad", "anna", 0); // the first clip's samples
    assertThatThrownBy(() -> random.folds(clips.corpus(), 1))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "random does not fit corpus made-up: found 9 different recordings;"
                + " expected at least 10");
  }

  private void fiftySadAndThirtyHappy() {
    for (int i = 0; i < 80; i++) {
      clips.clip(i < 50 ? "sad" : "happy", "speaker" + i % 3);
    }
  }

  private static long sad(List<Utterance> utterances) {
    return utterances.stream().filter(utterance -> utterance.label().equals("sad")).count();
  }
}
