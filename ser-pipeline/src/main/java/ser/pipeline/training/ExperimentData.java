package ser.pipeline.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import ser.api.SerException;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.protocol.Development;
import ser.pipeline.protocol.Fold;
import ser.pipeline.protocol.LeakCheck;
import ser.pipeline.protocol.Protocol;

/**
 * The usable clips of a corpus under a protocol, each decoded and identified once, however many
 * runs are made on them.
 */
public final class ExperimentData {
  /** The number of likely copies that a report lists. */
  private static final int MOST_COPIES = 10;

  private final UsableClips usable;
  private final Protocol protocol;
  private final AudioIdentity identity = new AudioIdentity();
  private final String hash;

  private ExperimentData(UsableClips usable, Protocol protocol) {
    this.usable = usable;
    this.protocol = protocol;
    identity.prepare(usable.corpus().utterances());
    this.hash = DataHash.of(usable.corpus().utterances(), identity);
  }

  /**
   * Decodes and identifies every clip, on all cores.
   *
   * @param corpus the data
   * @param protocol the folds
   * @param strict whether a clip whose audio cannot be used is an error; otherwise it is left out
   * @param listener called with the clips that are left out
   * @return the data
   * @throws SerException when there are fewer than two classes or no clips, or, if strict, the
   *     audio of a clip cannot be used
   */
  public static ExperimentData of(
      Corpus corpus, Protocol protocol, boolean strict, TrainingListener listener) {
    UsableClips usable = UsableClips.of(corpus);
    if (strict) {
      usable.requireAll();
    }
    if (!usable.leftOut().isEmpty()) {
      listener.leftOut(usable.leftOut());
    }
    requireSeveralLabels(usable.corpus());
    return new ExperimentData(usable, protocol);
  }

  /** {@return the usable clips} */
  public Corpus clips() {
    return usable.corpus();
  }

  /** {@return the clips that are left out because their audio cannot be used} */
  public List<UnusableClip> leftOut() {
    return usable.leftOut();
  }

  /** {@return the rule that gives the folds} */
  public Protocol protocol() {
    return protocol;
  }

  AudioIdentity identity() {
    return identity;
  }

  /** {@return the hash over all usable clips, for {@code run.json}} */
  String hash() {
    return hash;
  }

  /**
   * Divides the clips.
   *
   * @param seed for protocols that draw lots
   * @param development whether a group of speakers is kept out of training
   * @return all folds
   * @throws SerException when the protocol does not fit the clips
   */
  public List<Fold> folds(long seed, Development development) {
    return protocol.folds(clips(), seed, development);
  }

  /**
   * Divides the clips, and selects folds that can be trained.
   *
   * @param seed for protocols that draw lots
   * @param development whether a group of speakers is kept out of training
   * @param numbers of the folds, from 1; empty for all
   * @return the folds selected
   * @throws SerException when the protocol does not fit the clips, has no fold of a number, or a
   *     fold tests a class that it does not train on
   */
  public List<Fold> folds(long seed, Development development, List<Integer> numbers) {
    List<Fold> all = folds(seed, development);
    List<Integer> present = all.stream().map(Fold::number).toList();
    if (!present.containsAll(numbers)) {
      throw new SerException(
          "Protocol %s has the folds %s, found %s".formatted(protocol.name(), present, numbers));
    }
    List<Fold> selected =
        numbers.isEmpty()
            ? all
            : all.stream().filter(fold -> numbers.contains(fold.number())).toList();
    selected.forEach(fold -> requireTrainedLabels(fold, development));
    return selected;
  }

  /**
   * Checks folds for leaks.
   *
   * @return sentences on likely copies, the first few of them, and on the corpus
   * @throws SerException when a clip or a speaker of a test is in training
   */
  List<String> requireNoLeak(List<Fold> folds) {
    LeakCheck leakCheck = new LeakCheck(protocol, identity);
    List<String> notes = new ArrayList<>(clips().notes());
    List<String> copies = folds.stream().flatMap(fold -> leakCheck.check(fold).stream()).toList();
    notes.addAll(copies.subList(0, Math.min(copies.size(), MOST_COPIES)));
    if (copies.size() > MOST_COPIES) {
      notes.add("%d more likely copies".formatted(copies.size() - MOST_COPIES));
    }
    return notes;
  }

  private static void requireSeveralLabels(Corpus clips) {
    List<String> present =
        clips.labels().stream().filter(label -> count(clips, label) > 0).toList();
    if (present.size() < 2) {
      throw new SerException(
          "corpus %s has the one label %s; expected at least two emotions to tell apart"
              .formatted(clips.name(), String.join(", ", present)));
    }
  }

  private static int count(Corpus clips, String label) {
    return clips.classCounts().getOrDefault(label, 0);
  }

  /** A class that is tested must be trained on. */
  private void requireTrainedLabels(Fold fold, Development development) {
    Set<String> trained = labels(fold.train());
    Set<String> untrained = labels(fold.heldOut(development));
    untrained.removeAll(trained);
    if (!untrained.isEmpty()) {
      Corpus clips = clips();
      String label = untrained.iterator().next();
      throw new SerException(
          "fold %d of %s tests %s but has no clip of it to train on (corpus %s has %d, by the speakers %s); expected clips of more speakers, or the label left out with --labels %s="
              .formatted(
                  fold.number(),
                  protocol.name(),
                  label,
                  clips.name(),
                  count(clips, label),
                  clips.utterances().stream()
                      .filter(utterance -> utterance.label().equals(label))
                      .map(clips::speakerOf)
                      .distinct()
                      .sorted()
                      .limit(3)
                      .toList(),
                  label));
    }
  }

  private static Set<String> labels(List<Utterance> utterances) {
    return utterances.stream().map(Utterance::label).collect(Collectors.toCollection(TreeSet::new));
  }
}
