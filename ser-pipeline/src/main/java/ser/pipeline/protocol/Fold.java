package ser.pipeline.protocol;

import java.util.List;
import ser.api.SerException;
import ser.pipeline.corpus.Utterance;

/**
 * One division of a corpus.
 *
 * @param number from 1
 * @param train the training part
 * @param development the part for early stopping or model selection; empty when the fold was made
 *     without one
 * @param test the part whose results are reported
 */
public record Fold(
    int number, List<Utterance> train, List<Utterance> development, List<Utterance> test) {

  /**
   * Copies the parts.
   *
   * @throws SerException when there is nothing to train on or nothing to test
   */
  public Fold {
    train = List.copyOf(train);
    development = List.copyOf(development);
    test = List.copyOf(test);
    if (train.isEmpty() || test.isEmpty()) {
      throw new SerException(
          "fold %d has %d utterances to train on and %d to test; expected at least one of each"
              .formatted(number, train.size(), test.size()));
    }
  }

  /**
   * Returns the part whose results a run reports: the test part, or the development part of a run
   * that makes choices, which leaves the test part alone.
   *
   * @param source of the development part
   * @return its utterances
   * @throws SerException when the development part is asked for and empty
   */
  public List<Utterance> heldOut(Development source) {
    if (source == Development.NONE) {
      return test;
    }
    if (development.isEmpty()) {
      throw new SerException(
          "fold %d has no development part; expected one, or a run without it".formatted(number));
    }
    return development;
  }
}
