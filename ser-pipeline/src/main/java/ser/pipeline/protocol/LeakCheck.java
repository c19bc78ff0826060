package ser.pipeline.protocol;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import ser.api.SerException;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Utterance;

/**
 * Fails a run whose folds leak: no speaker may be in two of the training, development and test
 * parts (unless the protocol declares that they may), and no recording ever, under whatever name.
 * Identical recordings within one part do no harm.
 *
 * <p>Run it on every fold, at run time: a protocol is only as good as the corpus it is given, and a
 * manifest may list one speaker under two names. One instance reads each audio file once.
 */
public final class LeakCheck {
  private final Protocol protocol;
  private final AudioIdentity identity;

  /**
   * Makes a check that reads the audio files itself.
   *
   * @param protocol the protocol whose folds are checked
   */
  public LeakCheck(Protocol protocol) {
    this(protocol, new AudioIdentity());
  }

  /**
   * Makes a check for a run that needs the identities elsewhere too.
   *
   * @param protocol the protocol whose folds are checked
   * @param identity the recordings' identities
   */
  public LeakCheck(Protocol protocol, AudioIdentity identity) {
    this.protocol = protocol;
    this.identity = identity;
  }

  /**
   * Compares the parts of a fold.
   *
   * @param fold the fold
   * @throws SerException when something is in two parts of the fold; the message names it
   */
  public void check(Fold fold) {
    if (protocol.speakerIndependent()) {
      requireDisjoint(fold, "speaker", Utterance::speaker);
    }
    requireDisjoint(fold, "recording", utterance -> identity.of(utterance.path()));
  }

  private record Occurrence(String part, Utterance utterance) {}

  private void requireDisjoint(Fold fold, String what, Function<Utterance, String> key) {
    Map<String, Occurrence> first = new HashMap<>();
    requireUnseen(fold, first, "training", fold.train(), what, key);
    requireUnseen(fold, first, "development", fold.development(), what, key);
    requireUnseen(fold, first, "test", fold.test(), what, key);
  }

  private void requireUnseen(
      Fold fold,
      Map<String, Occurrence> first,
      String part,
      List<Utterance> utterances,
      String what,
      Function<Utterance, String> key) {
    for (Utterance utterance : utterances) {
      Occurrence earlier = first.putIfAbsent(key.apply(utterance), new Occurrence(part, utterance));
      if (earlier != null && !earlier.part().equals(part)) {
        throw new SerException(
            ("fold %d of %s leaks: the same %s is in %s (%s, speaker %s) and in %s (%s, speaker"
                    + " %s); expected each %s in one part only")
                .formatted(
                    fold.number(),
                    protocol.name(),
                    what,
                    earlier.part(),
                    earlier.utterance().id(),
                    earlier.utterance().speaker(),
                    part,
                    utterance.id(),
                    utterance.speaker(),
                    what));
      }
    }
  }
}
