package ser.pipeline.protocol;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;

/**
 * RAVDESS with neither speakers nor sentences in common: each fold trains on one of the two
 * sentences by twenty actors and tests the other sentence by the other four. The actors are those
 * of {@link RavdessSixFold}; folds 2k − 1 and 2k test the actors of its fold k, on sentences 02 and
 * 01: twelve folds, which test each recording once.
 */
record TextIndependent() implements Protocol {
  private static final String FIRST = "01";
  private static final String SECOND = "02";

  @Override
  public String name() {
    return "text-independent";
  }

  @Override
  public boolean textIndependent() {
    return true;
  }

  @Override
  public OptionalInt foldCount() {
    return OptionalInt.of(2 * RavdessSixFold.TESTED.size());
  }

  @Override
  public List<Fold> folds(Corpus corpus, long seed, Development development) {
    Set<String> sentences =
        corpus.utterances().stream()
            .map(utterance -> utterance.sentence().orElse("(none)"))
            .collect(Collectors.toSet());
    Groups.require(name(), corpus, "sentences", Set.of(FIRST, SECOND), sentences);
    Groups.require(
        name(), corpus, "speakers", RavdessSixFold.actors(), new HashSet<>(corpus.speakers()));
    List<Fold> folds = new ArrayList<>();
    for (Fold actors :
        Groups.leaveOneGroupOut(corpus, corpus::speakerOf, RavdessSixFold.TESTED, development)) {
      for (String tested : List.of(SECOND, FIRST)) {
        String trained = tested.equals(FIRST) ? SECOND : FIRST;
        folds.add(
            new Fold(
                folds.size() + 1,
                of(actors.train(), trained),
                of(actors.development(), trained),
                of(actors.test(), tested)));
      }
    }
    return folds;
  }

  private static List<Utterance> of(List<Utterance> utterances, String sentence) {
    return utterances.stream()
        .filter(utterance -> utterance.sentence().equals(Optional.of(sentence)))
        .toList();
  }
}
