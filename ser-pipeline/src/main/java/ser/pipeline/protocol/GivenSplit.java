package ser.pipeline.protocol;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import ser.api.SerException;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Part;
import ser.pipeline.corpus.Utterance;

/**
 * The division that the corpus itself gives, in one fold: the column {@code split} of a manifest.
 * Its development part stays out of training, whether or not one is asked for.
 */
record GivenSplit() implements Protocol {
  @Override
  public String name() {
    return "given";
  }

  @Override
  public OptionalInt foldCount() {
    return OptionalInt.of(1);
  }

  @Override
  public List<Fold> folds(Corpus corpus, long seed, Development development) {
    List<Utterance> without =
        corpus.utterances().stream().filter(utterance -> utterance.part().isEmpty()).toList();
    if (!without.isEmpty()) {
      throw new SerException(
          "given does not fit corpus %s: %d of %d utterances have no split, first %s; expected a"
                  .formatted(
                      corpus.name(),
                      without.size(),
                      corpus.utterances().size(),
                      without.get(0).id())
              + " manifest whose column 'split' has train, dev or test in every row");
    }
    return List.of(
        new Fold(
            1, part(corpus, Part.TRAIN), part(corpus, Part.DEVELOPMENT), part(corpus, Part.TEST)));
  }

  private static List<Utterance> part(Corpus corpus, Part part) {
    return corpus.utterances().stream()
        .filter(utterance -> utterance.part().equals(Optional.of(part)))
        .toList();
  }
}
