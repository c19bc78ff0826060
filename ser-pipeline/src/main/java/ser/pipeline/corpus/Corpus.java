package ser.pipeline.corpus;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Labelled utterances, in an order that depends on their ids alone (or, for a manifest, on its
 * rows), never on the file system.
 *
 * @param name the short name of the layout, for example {@code ravdess}; of a manifest, the name of
 *     its file without the ending
 * @param labels the emotions in the order of a model's outputs; the same for every copy of a corpus
 *     with a published layout, even one that lacks some of them
 * @param utterances at least one, each of this corpus; where it joins several, of one of these
 * @param notes remarks on this copy, one line each: files that were ignored, counts that differ
 *     from the full release
 */
public record Corpus(
    String name, List<String> labels, List<Utterance> utterances, List<String> notes) {

  /**
   * Copies and checks the lists.
   *
   * @throws CorpusException when there is no utterance, an id occurs twice or a label is not listed
   */
  public Corpus {
    labels = List.copyOf(labels);
    utterances = List.copyOf(utterances);
    notes = List.copyOf(notes);
    if (utterances.isEmpty()) {
      throw new CorpusException("corpus " + name + " has no utterance; expected at least one");
    }
    Set<List<String>> ids = new HashSet<>();
    for (Utterance utterance : utterances) {
      if (!ids.add(List.of(utterance.corpus(), utterance.id()))) {
        throw new CorpusException(
            "corpus %s has utterance %s twice; expected each once".formatted(name, utterance.id()));
      }
      if (!labels.contains(utterance.label())) {
        throw new CorpusException(
            "corpus %s: utterance %s is labelled '%s'; expected one of %s"
                .formatted(name, utterance.id(), utterance.label(), String.join(", ", labels)));
      }
    }
  }

  /**
   * Returns this corpus with some of its utterances.
   *
   * @param utterances at least one
   * @return the changed corpus, with the same labels and notes
   * @throws CorpusException when there is no utterance
   */
  public Corpus withUtterances(List<Utterance> utterances) {
    return new Corpus(name, labels, utterances, notes);
  }

  /** {@return the number of utterances of each label, in label order; zero for an absent one} */
  public Map<String, Integer> classCounts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    labels.forEach(label -> counts.put(label, 0));
    utterances.forEach(utterance -> counts.merge(utterance.label(), 1, Integer::sum));
    return Collections.unmodifiableMap(counts);
  }

  /** {@return the speakers as {@link #speakerOf} names them, sorted, each once} */
  public List<String> speakers() {
    return utterances.stream().map(this::speakerOf).distinct().sorted().toList();
  }

  /**
   * Names the speaker of an utterance.
   *
   * @param utterance one of this corpus
   * @return the speaker's name; where the corpus joins several, together with the corpus's
   */
  public String speakerOf(Utterance utterance) {
    return utterance.corpus().equals(name) ? utterance.speaker() : utterance.qualifiedSpeaker();
  }

  /** {@return the name of the corpus that each utterance is of, by {@link #idOf}} */
  public Map<String, String> corporaById() {
    return utterances.stream().collect(Collectors.toMap(this::idOf, Utterance::corpus));
  }

  /**
   * Names an utterance.
   *
   * @param utterance one of this corpus
   * @return its id; where the corpus joins several, behind the corpus's name
   */
  public String idOf(Utterance utterance) {
    return utterance.corpus().equals(name)
        ? utterance.id()
        : utterance.corpus() + "/" + utterance.id();
  }

  /**
   * Summarises the corpus in a line.
   *
   * @return for example {@code "ravdess: 1440 utterances, 24 speakers; neutral 96, calm 192, …"}
   */
  public String summary() {
    String counts =
        classCounts().entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
    return "%s: %d utterances, %d speakers; %s"
        .formatted(name, utterances.size(), speakers().size(), counts);
  }
}
