package ser.pipeline.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.SerException;
import ser.pipeline.corpus.Corpora;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.RealRavdess;
import ser.pipeline.corpus.Utterance;

class SpeakerFoldsTests {
  private final MadeUpCorpus clips;

  SpeakerFoldsTests(@TempDir Path folder) {
    clips = new MadeUpCorpus(folder);
  }

  @Test
  void theSixFoldsTestTheActorsOfEmoBoxInItsOrder() {
    assertThat(Protocols.named("ravdess-6fold").folds(twentyFourActors(), 0))
        .extracting(fold -> speakers(fold.test()))
        .containsExactly(
            actors(1, 11, 20, 21),
            actors(4, 10, 12, 14),
            actors(8, 9, 19, 23),
            actors(3, 5, 7, 24),
            actors(2, 15, 16, 18),
            actors(6, 13, 17, 22));
  }

  @Test
  void everyActorIsTestedExactlyOnce() {
    List<String> tested =
        Protocols.named("ravdess-6fold").folds(twentyFourActors(), 0).stream()
            .flatMap(fold -> speakers(fold.test()).stream())
            .toList();
    assertThat(tested)
        .containsExactlyInAnyOrderElementsOf(actors(IntStream.rangeClosed(1, 24).toArray()));
  }

  @Test
  void developmentIsOnTheActorsThatTheNextFoldTests() {
    List<Fold> folds = Protocols.named("ravdess-6fold").folds(twentyFourActors(), 0);
    assertThat(speakers(folds.get(0).development())).isEqualTo(actors(4, 10, 12, 14));
    assertThat(speakers(folds.get(5).development())).isEqualTo(actors(1, 11, 20, 21));
    assertThat(folds)
        .allSatisfy(fold -> assertThat(speakers(fold.train())).hasSize(16))
        .extracting(Fold::number)
        .containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void withoutDevelopmentAllThatIsNotTestedIsTrainedOn() {
    List<Fold> folds =
        Protocols.named("ravdess-6fold").folds(twentyFourActors(), 0, Development.NONE);
    assertThat(folds)
        .allSatisfy(
            fold -> {
              assertThat(fold.development()).isEmpty();
              assertThat(speakers(fold.train())).hasSize(20);
            });
  }

  @Test
  void aCorpusThatLacksActorsDoesNotFitTheSixFolds() {
    clips.clip("sad", "Actor_01").clip("sad", "anna");
    assertThatThrownBy(() -> Protocols.named("ravdess-6fold").folds(clips.corpus(), 0))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(
            "ravdess-6fold does not fit corpus made-up: it lacks the speakers Actor_02, Actor_03,")
        .hasMessageContaining(", it has the other speakers anna; expected the speakers Actor_01,");
  }

  @Test
  void aCorpusWithoutSessionsDoesNotFitTheFiveSessions() {
    clips.clip("sad", "anna");
    assertThatThrownBy(() -> Protocols.named("iemocap-5session").folds(clips.corpus(), 0))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(
            "iemocap-5session does not fit corpus made-up: it lacks the sessions Ses01, Ses02,");
  }

  @Test
  void theFiveSessionsAreTestedOneByOneAndTheNextIsForDevelopment() {
    for (int session = 1; session <= 5; session++) {
      String name = "Ses0" + session;
      clips.turn(name, name + "F").turn(name, name + "M");
    }
    List<Fold> folds = Protocols.named("iemocap-5session").folds(clips.corpus(), 0);
    assertThat(folds)
        .extracting(fold -> List.of(speakers(fold.test()), speakers(fold.development())))
        .containsExactly(
            List.of(List.of("Ses01F", "Ses01M"), List.of("Ses02F", "Ses02M")),
            List.of(List.of("Ses02F", "Ses02M"), List.of("Ses03F", "Ses03M")),
            List.of(List.of("Ses03F", "Ses03M"), List.of("Ses04F", "Ses04M")),
            List.of(List.of("Ses04F", "Ses04M"), List.of("Ses05F", "Ses05M")),
            List.of(List.of("Ses05F", "Ses05M"), List.of("Ses01F", "Ses01M")));
    assertThat(folds).allSatisfy(fold -> assertThat(speakers(fold.train())).hasSize(6));
  }

  @Test
  void losoLeavesEachSpeakerOutAndDevelopsOnTheNext() {
    clips.clip("sad", "cleo").clip("sad", "anna").clip("sad", "bert").clip("happy", "anna");
    assertThat(Protocols.named("loso").folds(clips.corpus(), 0))
        .extracting(
            fold ->
                List.of(
                    speakers(fold.train()), speakers(fold.development()), speakers(fold.test())))
        .containsExactly(
            List.of(List.of("cleo"), List.of("bert"), List.of("anna")),
            List.of(List.of("anna"), List.of("cleo"), List.of("bert")),
            List.of(List.of("bert"), List.of("anna"), List.of("cleo")));
  }

  @Test
  void losoNeedsSomebodyLeftToTrainOn() {
    clips.clip("sad", "anna").clip("sad", "bert");
    Protocol loso = Protocols.named("loso");
    assertThatThrownBy(() -> loso.folds(clips.corpus(), 0))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "loso does not fit corpus made-up: found the speakers anna, bert;"
                + " expected at least 3 speakers");
    assertThat(loso.folds(clips.corpus(), 0, Development.NONE)).hasSize(2);
  }

  @Test
  void noFoldOfTheRealRavdessLeaks() {
    Corpus ravdess = Corpora.open("ravdess:" + RealRavdess.folderOrSkip());
    for (Protocol protocol :
        List.of(
            Protocols.named("ravdess-6fold"), Protocols.named("loso"), Protocols.named("random"))) {
      LeakCheck leaks = new LeakCheck(protocol);
      List<Fold> folds = protocol.folds(ravdess, 7);
      folds.forEach(leaks::check);
      assertThat(folds)
          .allSatisfy(
              fold ->
                  assertThat(fold.train().size() + fold.development().size() + fold.test().size())
                      .isEqualTo(1440));
    }
  }

  private Corpus twentyFourActors() {
    for (int actor = 24; actor >= 1; actor--) {
      clips.clip("sad", "Actor_%02d".formatted(actor));
    }
    return clips.corpus();
  }

  private static List<String> actors(int... numbers) {
    return IntStream.of(numbers).mapToObj("Actor_%02d"::formatted).toList();
  }

  private static List<String> speakers(List<Utterance> utterances) {
    return utterances.stream().map(Utterance::speaker).distinct().sorted().toList();
  }
}
