package ser.pipeline.protocol;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import ser.api.SerException;
import ser.pipeline.corpus.AudioFingerprint;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Utterance;

/**
 * Fails a run whose folds leak: no speaker may be in two of the training, development and test
 * parts (unless the protocol declares that they may), and no recording ever, under whatever name
 * and in whatever encoding. Identical recordings within one part do no harm.
 *
 * <p>A recording that is a {@linkplain AudioFingerprint likely copy} of one in another part, such
 * as a resampled one, is reported and does not fail the run: two takes of a short phrase by one
 * speaker may be as close.
 *
 * <p>Run it on every fold, at run time: a protocol is only as good as the corpus it is given, and a
 * manifest may list one speaker under two names. One instance reads each clip once.
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
   * @return the likely copies of recordings in another part, one sentence without a full stop for
   *     each
   * @throws SerException when something is in two parts of the fold; the message names it
   * @throws ser.api.AudioException when a clip cannot be read; names it
   */
  public List<String> check(Fold fold) {
    if (protocol.speakerIndependent()) {
      requireDisjoint(fold, "speaker", Utterance::qualifiedSpeaker);
    }
    if (protocol.textIndependent()) {
      requireNewSentences(fold);
    }
    requireDisjoint(fold, "recording", utterance -> identity.of(utterance).digest());
    List<String> copies = new ArrayList<>();
    findCopies(fold, copies, "training", fold.train(), "development", fold.development());
    findCopies(fold, copies, "training", fold.train(), "test", fold.test());
    findCopies(fold, copies, "development", fold.development(), "test", fold.test());
    return List.copyOf(copies);
  }

  private void findCopies(
      Fold fold,
      List<String> copies,
      String firstPart,
      List<Utterance> first,
      String secondPart,
      List<Utterance> second) {
    List<AudioFingerprint> fingerprints =
        second.stream().map(utterance -> identity.of(utterance).fingerprint()).toList();
    for (Utterance one : first) {
      AudioFingerprint fingerprint = identity.of(one).fingerprint();
      for (int i = 0; i < fingerprints.size(); i++) {
        int distance = fingerprint.distance(fingerprints.get(i));
        if (distance <= AudioFingerprint.LARGEST_COPY_DISTANCE) {
          Utterance other = second.get(i);
          copies.add(
              "fold %d of %s: %s of speaker %s in %s is a likely copy of %s of speaker %s in %s: their fingerprints differ in %d of %d bits"
                  .formatted(
                      fold.number(),
                      protocol.name(),
                      other.id(),
                      other.speaker(),
                      secondPart,
                      one.id(),
                      one.speaker(),
                      firstPart,
                      distance,
                      AudioFingerprint.BITS));
        }
      }
    }
  }

  /** Training and development may share a sentence: neither is what is reported. */
  private void requireNewSentences(Fold fold) {
    Map<String, Occurrence> first = new HashMap<>();
    Function<Utterance, String> sentence = utterance -> utterance.sentence().orElse("(none)");
    for (Utterance utterance : fold.train()) {
      first.putIfAbsent(sentence.apply(utterance), new Occurrence("training", utterance));
    }
    for (Utterance utterance : fold.development()) {
      first.putIfAbsent(sentence.apply(utterance), new Occurrence("development", utterance));
    }
    requireUnseen(fold, first, "test", fold.test(), "sentence", sentence);
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
