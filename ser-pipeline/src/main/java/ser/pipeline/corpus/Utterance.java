package ser.pipeline.corpus;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One labelled audio file, or a segment of one. Immutable; {@link #of} and the {@code with} methods
 * make variants.
 *
 * @param corpus the name of the corpus it belongs to, see {@link Corpus#name()}
 * @param id unique in its corpus and independent of where the corpus lies on disk
 * @param path the audio file
 * @param segment the part of the file that is the utterance; empty for the whole file
 * @param label the emotion, one of {@link Corpus#labels()}
 * @param speaker who speaks, by a name that is unique in the corpus; what speaker-disjoint
 *     protocols keep apart
 * @param session the recording session, where the corpus has sessions
 * @param sentence the key of the spoken text, where the corpus has a fixed set of texts
 * @param part the part of the publisher's division, where the corpus has one
 */
public record Utterance(
    String corpus,
    String id,
    Path path,
    Optional<Segment> segment,
    String label,
    String speaker,
    Optional<String> session,
    Optional<String> sentence,
    Optional<Part> part) {
  /**
   * Returns an utterance that is a whole file, without session, sentence and part.
   *
   * @param corpus the name of the corpus it belongs to
   * @param id unique in its corpus
   * @param path the audio file
   * @param label the emotion
   * @param speaker who speaks
   * @return the utterance
   */
  public static Utterance of(String corpus, String id, Path path, String label, String speaker) {
    return new Utterance(
        corpus,
        id,
        path,
        Optional.empty(),
        label,
        speaker,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Returns this utterance as a part of its file.
   *
   * @param segment the part; empty for the whole file
   * @return the changed utterance
   */
  public Utterance withSegment(Optional<Segment> segment) {
    return new Utterance(corpus, id, path, segment, label, speaker, session, sentence, part);
  }

  /**
   * Returns this utterance with another label.
   *
   * @param label the emotion
   * @return the changed utterance
   */
  public Utterance withLabel(String label) {
    return new Utterance(corpus, id, path, segment, label, speaker, session, sentence, part);
  }

  /**
   * Returns this utterance with a session.
   *
   * @param session the recording session
   * @return the changed utterance
   */
  public Utterance withSession(Optional<String> session) {
    return new Utterance(corpus, id, path, segment, label, speaker, session, sentence, part);
  }

  /**
   * Returns this utterance with the key of its text.
   *
   * @param sentence the key of the spoken text
   * @return the changed utterance
   */
  public Utterance withSentence(Optional<String> sentence) {
    return new Utterance(corpus, id, path, segment, label, speaker, session, sentence, part);
  }

  /**
   * Returns this utterance in a part of the publisher's division.
   *
   * @param part the part
   * @return the changed utterance
   */
  public Utterance withPart(Optional<Part> part) {
    return new Utterance(corpus, id, path, segment, label, speaker, session, sentence, part);
  }

  /**
   * Returns the speaker's name together with the corpus's, because two corpora may give one name to
   * two speakers.
   *
   * @return for example {@code "ravdess/Actor_01"}
   */
  public String qualifiedSpeaker() {
    return qualifiedSpeaker(corpus, speaker);
  }

  /**
   * Returns a speaker's name together with the corpus's.
   *
   * @param corpus the corpus's name
   * @param speaker the speaker's name in it
   * @return for example {@code "ravdess/Actor_01"}
   */
  public static String qualifiedSpeaker(String corpus, String speaker) {
    return corpus + "/" + speaker;
  }

  /** {@return the file and, of a segment, its times, for messages} */
  public String source() {
    return segment.map(times -> path + ", " + times).orElseGet(path::toString);
  }
}
