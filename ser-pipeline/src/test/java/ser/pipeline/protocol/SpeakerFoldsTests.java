package ser.pipeline.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.SerException;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Corpora;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Part;
import ser.pipeline.corpus.RealCorpora;
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
    Corpus ravdess = Corpora.open("ravdess:" + RealCorpora.ravdessOrSkip());
    AudioIdentity identity = new AudioIdentity(); // of all: each recording is decoded once
    for (Protocol protocol :
        List.of(
            Protocols.named("ravdess-6fold"),
            Protocols.named("loso"),
            Protocols.named("speaker-kfold:6"),
            Protocols.named("random"))) {
      LeakCheck leaks = new LeakCheck(protocol, identity);
      List<Fold> folds = protocol.folds(ravdess, 7);
      folds.forEach(leaks::check);
      assertThat(folds)
          .allSatisfy(
              fold ->
                  assertThat(fold.train().size() + fold.development().size() + fold.test().size())
                      .isEqualTo(1440));
    }
  }

  @Test
  void speakerKFoldTestsEverySpeakerOnceInGroupsOfEqualClasses() {
    // Twelve speakers of four clips, two of twelve: each of four folds gets 18 clips.
    for (int speaker = 0; speaker < 12; speaker++) {
      for (int clip = 0; clip < 4; clip++) {
        clips.clip(clip % 2 == 0 ? "sad" : "happy", "small" + speaker);
      }
    }
    for (int clip = 0; clip < 24; clip++) {
      clips.clip(clip % 4 < 2 ? "sad" : "happy", "large" + clip % 2);
    }
    Corpus corpus = clips.corpus();
    Protocol protocol = Protocols.named("speaker-kfold:4");
    List<Fold> folds = protocol.folds(corpus, 5, Development.NONE);
    assertThat(folds).extracting(Fold::number).containsExactly(1, 2, 3, 4);
    assertThat(folds.stream().flatMap(fold -> speakers(fold.test()).stream()).sorted().toList())
        .isEqualTo(corpus.speakers());
    assertThat(folds)
        .allSatisfy(
            fold -> {
              assertThat(fold.test().size()).isBetween(16, 20);
              assertThat(fold.test().stream().filter(each -> each.label().equals("sad")).count())
                  .isEqualTo(fold.test().size() / 2);
              assertThat(speakers(fold.train())).doesNotContainAnyElementsOf(speakers(fold.test()));
            });
    assertThat(protocol.folds(corpus, 5, Development.NONE)).isEqualTo(folds);
    assertThat(protocol.folds(corpus, 6, Development.NONE)).isNotEqualTo(folds);
  }

  @Test
  void speakerKFoldNeedsASpeakerForEachFold() {
    clips.clip("sad", "anna").clip("sad", "bert").clip("sad", "cleo");
    assertThat(Protocols.named("speaker-kfold:3").folds(clips.corpus(), 1)).hasSize(3);
    assertThatThrownBy(() -> Protocols.named("speaker-kfold:4").folds(clips.corpus(), 1))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "speaker-kfold:4 does not fit corpus made-up: found 3 speakers; expected at least 4");
    assertThatThrownBy(() -> Protocols.named("speaker-kfold:2").folds(clips.corpus(), 1))
        .hasMessageContaining("K of 3 or more with a development part");
  }

  @Test
  void textIndependentSharesNeitherActorsNorSentences() {
    for (int actor = 1; actor <= 24; actor++) {
      clips
          .sentence("01", "Actor_%02d".formatted(actor))
          .sentence("02", "Actor_%02d".formatted(actor));
    }
    Protocol protocol = Protocols.named("text-independent");
    for (Development development : Development.values()) {
      List<Fold> folds = protocol.folds(clips.corpus(), 0, development);
      assertThat(folds).hasSize(12);
      LeakCheck check = new LeakCheck(protocol);
      for (Fold fold : folds) {
        check.check(fold);
        assertThat(speakers(fold.test())).hasSize(4);
        assertThat(fold.test()).hasSize(4);
        assertThat(fold.train()).hasSize(development == Development.NONE ? 20 : 16);
        assertThat(sentences(fold.train()))
            .doesNotContainAnyElementsOf(sentences(fold.test()))
            .hasSize(1);
      }
      assertThat(speakers(folds.get(0).test())).isEqualTo(actors(1, 11, 20, 21));
      assertThat(folds.stream().flatMap(fold -> fold.test().stream()))
          .hasSize(48)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void aSentenceInTrainingAndTestIsALeakOfTextIndependence() {
    clips.sentence("01", "anna").sentence("01", "bert");
    List<Utterance> all = clips.corpus().utterances();
    Fold fold = new Fold(1, all.subList(0, 1), List.of(), all.subList(1, 2));
    assertThatThrownBy(() -> new LeakCheck(Protocols.named("text-independent")).check(fold))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("the same sentence is in training (clip0, speaker anna)");
  }

  @Test
  void aCorpusWithoutSentencesIsNotTextIndependent() {
    assertThatThrownBy(() -> Protocols.named("text-independent").folds(twentyFourActors(), 0))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("it lacks the sentences 01, 02, it has the other sentences (none)");
  }

  @Test
  void theGivenSplitIsOneFoldWithItsOwnDevelopmentPart() {
    clips.part(Part.TEST, "anna").part(Part.TRAIN, "bert").part(Part.DEVELOPMENT, "cleo");
    for (Development development : Development.values()) {
      Fold fold = Protocols.named("given").folds(clips.corpus(), 0, development).get(0);
      assertThat(speakers(fold.train())).containsExactly("bert");
      assertThat(speakers(fold.development())).containsExactly("cleo");
      assertThat(speakers(fold.test())).containsExactly("anna");
    }
    clips.clip("sad", "dora");
    assertThatThrownBy(() -> Protocols.named("given").folds(clips.corpus(), 0))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "given does not fit corpus made-up: 1 of 4 utterances have no split, first clip3;"
                + " expected a manifest whose column 'split' has train, dev or test in every row");
  }

  @Test
  void crossCorpusTestsTheNamedCorporaAndTrainsOnTheOthers() {
    clips.clip("sad", "anna").clip("happy", "bert");
    Corpus a = clips.corpus();
    Corpus b =
        new Corpus(
            "b",
            a.labels(),
            List.of(
                Utterance.of("b", "x", clips.corpus().utterances().get(0).path(), "sad", "anna"),
                Utterance.of("b", "y", clips.corpus().utterances().get(1).path(), "happy", "carl")),
            List.of());
    Corpus joined = Corpora.joinForCrossCorpus(List.of(a), List.of(b));
    Protocol protocol = Protocols.crossCorpus(Set.of("b"));
    List<Fold> folds = protocol.folds(joined, 0, Development.NONE);
    assertThat(folds).hasSize(1);
    assertThat(folds.get(0).train()).allMatch(utterance -> utterance.corpus().equals("made-up"));
    assertThat(folds.get(0).test()).allMatch(utterance -> utterance.corpus().equals("b"));
    // Speakers of one name in two corpora are two; a recording in both is a leak all the same.
    assertThatThrownBy(() -> new LeakCheck(protocol).check(folds.get(0)))
        .hasMessageContaining("the same recording is in training");
    assertThatThrownBy(() -> protocol.folds(joined, 0, Development.NEXT_GROUP))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("has no development part");
    assertThatThrownBy(() -> protocol.folds(a, 0, Development.NONE))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("--test-corpus");
  }

  private static List<String> sentences(List<Utterance> utterances) {
    return utterances.stream().flatMap(each -> each.sentence().stream()).distinct().toList();
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
