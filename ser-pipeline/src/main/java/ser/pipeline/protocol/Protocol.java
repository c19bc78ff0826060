package ser.pipeline.protocol;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import ser.api.SerException;
import ser.pipeline.corpus.Corpus;

/** A named way to divide a corpus into folds. The same arguments always give the same folds. */
public sealed interface Protocol
    permits RavdessSixFold,
        TextIndependent,
        IemocapFiveSession,
        LeaveOneSpeakerOut,
        SpeakerKFold,
        GivenSplit,
        CrossCorpus,
        RandomSplit {

  /** {@return the name on the command line and in reports, for example {@code ravdess-6fold}} */
  String name();

  /**
   * Divides a corpus. Run {@link LeakCheck} on each fold before training on it.
   *
   * @param corpus the corpus
   * @param seed for protocols that draw lots; the others ignore it
   * @param development whether a group is kept out of training for model selection
   * @return the folds, numbered from 1
   * @throws SerException when the protocol does not fit the corpus
   */
  List<Fold> folds(Corpus corpus, long seed, Development development);

  /**
   * Divides a corpus, with a development part.
   *
   * @param corpus the corpus
   * @param seed for protocols that draw lots; the others ignore it
   * @return the folds, numbered from 1
   * @throws SerException when the protocol does not fit the corpus
   */
  default List<Fold> folds(Corpus corpus, long seed) {
    return folds(corpus, seed, Development.NEXT_GROUP);
  }

  /** {@return the number of folds; empty where the corpus decides it} */
  default OptionalInt foldCount() {
    return OptionalInt.empty();
  }

  /** {@return a sentence that every report of this protocol's figures must carry} */
  default Optional<String> warning() {
    return Optional.empty();
  }

  /** {@return whether no sentence may be both in the test part and in another part of a fold} */
  default boolean textIndependent() {
    return false;
  }

  /** {@return whether no speaker may be in two parts of a fold} */
  default boolean speakerIndependent() {
    return true;
  }
}
