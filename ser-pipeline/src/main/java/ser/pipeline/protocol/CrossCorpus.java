package ser.pipeline.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import ser.api.SerException;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;

/**
 * Trains on some corpora and tests on others, in one fold. {@link
 * ser.pipeline.corpus.Corpora#joinForCrossCorpus} makes the corpus that it divides.
 *
 * @param tested the names of the corpora that are tested
 */
record CrossCorpus(Set<String> tested) implements Protocol {
  static final String NAME = "cross-corpus";

  CrossCorpus {
    tested = Set.copyOf(tested);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Fold> folds(Corpus corpus, long seed, Development development) {
    if (development != Development.NONE) {
      throw new SerException(
          NAME + " has no development part; expected a training without --development");
    }
    List<Utterance> train = new ArrayList<>();
    List<Utterance> test = new ArrayList<>();
    for (Utterance utterance : corpus.utterances()) {
      (tested.contains(utterance.corpus()) ? test : train).add(utterance);
    }
    if (test.isEmpty() || train.isEmpty()) {
      throw new SerException(
          "%s does not fit corpus %s: it trains on some corpora and tests on others; name them with"
                  .formatted(NAME, corpus.name())
              + " --corpus and --test-corpus");
    }
    return List.of(new Fold(1, train, List.of(), test));
  }
}
