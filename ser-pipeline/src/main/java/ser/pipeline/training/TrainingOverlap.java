package ser.pipeline.training;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ser.pipeline.corpus.AudioFingerprint;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Corpora;
import ser.pipeline.corpus.RecordingIdentity;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.modelpackage.RecordingDigests;
import ser.pipeline.modelpackage.TrainingRecord;

/**
 * The overlap of labelled utterances with what a model was trained and selected on, by the model's
 * {@linkplain TrainingRecord training record}: recordings by their audio, speakers by their
 * recordings and, for corpora with a published layout, by their names. The names of files and
 * manifests do not count.
 *
 * <p>Packages of version 1 do not list their recordings. Then the names of speakers alone decide,
 * and {@link #warning()} says so.
 */
public final class TrainingOverlap {
  /** Relations of an utterance to a model's training, from none to the closest. */
  public enum Kind {
    /** Neither the recording nor its speaker was in training, as far as the record shows. */
    UNSEEN("unseen"),

    /** Other recordings of its speaker were in training. */
    SPEAKER_SEEN("of speakers in training"),

    /** Its acoustic fingerprint is nearly that of a recording in training. */
    LIKELY_COPY("likely copies of recordings in training"),

    /** The same audio was in training. */
    RECORDING_SEEN("recordings in training");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** {@return the words of reports, for example {@code "recordings in training"}} */
    public String words() {
      return words;
    }
  }

  /**
   * The relation of one utterance to a model's training.
   *
   * @param utterance the utterance
   * @param kind its relation
   * @param reason the evidence, a clause without a full stop; empty for {@link Kind#UNSEEN}
   */
  public record Finding(Utterance utterance, Kind kind, String reason) {}

  private static final String NO_DIGESTS =
      "the model's training record has no digests of recordings (format version 1): overlap with"
          + " its training is judged by the names of speakers and corpora only";

  private final List<Finding> findings;
  private final boolean byNamesOnly;

  private TrainingOverlap(List<Finding> findings, boolean byNamesOnly) {
    this.findings = List.copyOf(findings);
    this.byNamesOnly = byNamesOnly;
  }

  /**
   * Compares utterances with a model's training record. Speakers are recognised by their recordings
   * among the utterances: give the whole corpus, not only its test part.
   *
   * @param training the record
   * @param utterances labelled clips, all readable
   * @param identity the recordings' identities; not used when the record lists no recordings
   * @return the relation of each utterance
   * @throws ser.api.AudioException when the audio of one cannot be read; names the file
   */
  public static TrainingOverlap of(
      TrainingRecord training, Collection<Utterance> utterances, AudioIdentity identity) {
    if (training.recordings().isPresent()) {
      identity.prepare(utterances);
      utterances.parallelStream().forEach(identity::ofEnclosingFile);
    }
    List<Finding> recordings = new ArrayList<>();
    Map<String, Utterance> seenSpeakers = new HashMap<>();
    for (Utterance utterance : utterances) {
      Finding finding =
          training
              .recordings()
              .map(seen -> byRecording(utterance, seen, identity))
              .orElseGet(() -> new Finding(utterance, Kind.UNSEEN, ""));
      recordings.add(finding);
      if (finding.kind != Kind.UNSEEN) {
        seenSpeakers.putIfAbsent(utterance.qualifiedSpeaker(), utterance);
      }
    }
    List<Finding> all =
        recordings.stream()
            .map(
                finding ->
                    finding.kind == Kind.UNSEEN
                        ? bySpeaker(finding, training, seenSpeakers)
                        : finding)
            .toList();
    return new TrainingOverlap(all, training.recordings().isEmpty());
  }

  /** A segment of a recording in training was in training, too. */
  private static Finding byRecording(
      Utterance utterance, RecordingDigests seen, AudioIdentity identity) {
    RecordingIdentity recording = identity.of(utterance);
    Optional<RecordingIdentity> file = identity.ofEnclosingFile(utterance);
    if (seen.contains(recording)) {
      return new Finding(utterance, Kind.RECORDING_SEEN, "the same audio was in training");
    }
    if (file.filter(seen::contains).isPresent()) {
      return new Finding(
          utterance, Kind.RECORDING_SEEN, "the file that it is a segment of was in training");
    }
    int distance =
        Math.min(
            seen.nearestDistance(recording.fingerprint()),
            file.map(whole -> seen.nearestDistance(whole.fingerprint())).orElse(Integer.MAX_VALUE));
    return distance <= AudioFingerprint.LARGEST_COPY_DISTANCE
        ? new Finding(
            utterance,
            Kind.LIKELY_COPY,
            "its fingerprint differs in %d of %d bits from that of a recording in training"
                .formatted(distance, AudioFingerprint.BITS))
        : new Finding(utterance, Kind.UNSEEN, "");
  }

  private static Finding bySpeaker(
      Finding finding, TrainingRecord training, Map<String, Utterance> seenSpeakers) {
    Utterance utterance = finding.utterance;
    Utterance other = seenSpeakers.get(utterance.qualifiedSpeaker());
    if (other != null) {
      return new Finding(
          utterance,
          Kind.SPEAKER_SEEN,
          "%s of the same speaker, %s, was in training".formatted(other.id(), utterance.speaker()));
    }
    boolean byNamesOnly = training.recordings().isEmpty();
    for (Map.Entry<String, List<String>> corpus : training.seenSpeakers().entrySet()) {
      if (isSameCorpus(corpus.getKey(), utterance.corpus(), byNamesOnly)
          && corpus.getValue().contains(utterance.speaker())) {
        return new Finding(
            utterance,
            Kind.SPEAKER_SEEN,
            "speaker %s of %s was in training".formatted(utterance.speaker(), corpus.getKey()));
      }
    }
    return finding;
  }

  /** Without digests, a manifest may be any corpus. */
  private static boolean isSameCorpus(String trained, String found, boolean byNamesOnly) {
    boolean published = Corpora.isPublished(trained) && Corpora.isPublished(found);
    return published ? trained.equals(found) : byNamesOnly;
  }

  /** {@return the relation of each utterance, in the order in which they were given} */
  public List<Finding> findings() {
    return findings;
  }

  /**
   * Selects utterances.
   *
   * @param kind a relation to the training
   * @return the utterances of this relation, in order
   */
  public List<Utterance> utterances(Kind kind) {
    return findings.stream()
        .filter(finding -> finding.kind == kind)
        .map(Finding::utterance)
        .toList();
  }

  /** {@return the number of utterances of each relation; zero for one that does not occur} */
  public Map<Kind, Integer> counts() {
    Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      counts.put(kind, utterances(kind).size());
    }
    return counts;
  }

  /** {@return a sentence without a full stop when names of speakers alone decided} */
  public Optional<String> warning() {
    return byNamesOnly ? Optional.of(NO_DIGESTS) : Optional.empty();
  }
}
