package ser.pipeline.training;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import ser.api.SerException;
import ser.pipeline.corpus.LabelMap;
import ser.pipeline.protocol.Protocol;

/**
 * The rules of an evaluation. Immutable; {@link #defaults()} and the {@code with} methods make
 * variants.
 *
 * @param protocol the protocol whose test clips are tested, on the corpus that the model was
 *     trained on; empty for all clips
 * @param labels names for labels of the corpus, by which they are matched with the model's
 * @param among the labels that a clip can be classified as
 * @param seen the treatment of clips that the model was trained on, or whose speakers it was
 *     trained on
 * @param strict whether a clip whose audio cannot be used ends the evaluation; otherwise it is left
 *     out
 * @param conditions under which the clips that the model was not trained on are tested as well
 * @param referenceClips how many neutral clips of each speaker, the first of the corpus, the model
 *     is adjusted by, as by {@link ser.api.RecognizerOptions#withReference}; they are not tested
 */
public record EvaluationSettings(
    Optional<Protocol> protocol,
    LabelMap labels,
    Among among,
    Seen seen,
    boolean strict,
    List<TestCondition> conditions,
    int referenceClips) {
  /** The labels that a clip can be classified as. */
  public enum Among {
    /** All labels of the model, also those that no clip of the corpus has. */
    ALL,
    /** The labels that the corpus and the model have in common; probabilities are renormalised. */
    COMMON
  }

  /** Treatments of clips that the model was trained on, or whose speakers it was trained on. */
  public enum Seen {
    /** Their presence ends the evaluation. */
    REFUSE,
    /** They are left out, and counted. */
    EXCLUDE,
    /** They are tested apart from the others. */
    REPORT
  }

  /**
   * Copies the list.
   *
   * @throws SerException when a condition is given twice, or the number of clips is negative
   */
  public EvaluationSettings {
    conditions = List.copyOf(conditions);
    if (referenceClips < 0) {
      throw new SerException(
          "found %d reference clips; expected 0 or more".formatted(referenceClips));
    }
    for (TestCondition condition : conditions) {
      if (Collections.frequency(conditions, condition) > 1) {
        throw new SerException(
            "The condition %s is given twice; expected each once".formatted(condition));
      }
    }
  }

  /** {@return all clips among all labels, when the model was trained on none of them} */
  public static EvaluationSettings defaults() {
    return new EvaluationSettings(
        Optional.empty(), LabelMap.NONE, Among.ALL, Seen.REFUSE, false, List.of(), 0);
  }

  /**
   * Returns these settings with a protocol.
   *
   * @param protocol whose test clips are tested; empty for all clips
   * @return the changed settings
   */
  public EvaluationSettings withProtocol(Optional<Protocol> protocol) {
    return new EvaluationSettings(
        protocol, labels, among, seen, strict, conditions, referenceClips);
  }

  /**
   * Returns these settings with names for labels.
   *
   * @param labels names for labels of the corpus
   * @return the changed settings
   */
  public EvaluationSettings withLabels(LabelMap labels) {
    return new EvaluationSettings(
        protocol, labels, among, seen, strict, conditions, referenceClips);
  }

  /**
   * Returns these settings with another choice of labels.
   *
   * @param among the labels that a clip can be classified as
   * @return the changed settings
   */
  public EvaluationSettings withAmong(Among among) {
    return new EvaluationSettings(
        protocol, labels, among, seen, strict, conditions, referenceClips);
  }

  /**
   * Returns these settings with another treatment of clips that the model was trained on.
   *
   * @param seen the treatment
   * @return the changed settings
   */
  public EvaluationSettings withSeen(Seen seen) {
    return new EvaluationSettings(
        protocol, labels, among, seen, strict, conditions, referenceClips);
  }

  /**
   * Returns these settings with or without leniency to clips that cannot be used.
   *
   * @param strict whether a clip whose audio cannot be used ends the evaluation
   * @return the changed settings
   */
  public EvaluationSettings withStrict(boolean strict) {
    return new EvaluationSettings(
        protocol, labels, among, seen, strict, conditions, referenceClips);
  }

  /**
   * Returns these settings with test conditions.
   *
   * @param conditions under which the clips that the model was not trained on are tested as well
   * @return the changed settings
   * @throws SerException when one is given twice
   */
  public EvaluationSettings withConditions(List<TestCondition> conditions) {
    return new EvaluationSettings(
        protocol, labels, among, seen, strict, conditions, referenceClips);
  }

  /**
   * Returns these settings with an adjustment of the model to each speaker.
   *
   * @param referenceClips how many neutral clips of each speaker it is adjusted by; 0 for none
   * @return the changed settings
   * @throws SerException when the number is negative
   */
  public EvaluationSettings withReferenceClips(int referenceClips) {
    return new EvaluationSettings(
        protocol, labels, among, seen, strict, conditions, referenceClips);
  }
}
