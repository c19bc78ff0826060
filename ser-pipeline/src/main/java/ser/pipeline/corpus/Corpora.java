package ser.pipeline.corpus;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Opens a corpus by its specification, for example {@code ravdess:/data/ravdess}. */
public final class Corpora {
  private Corpora() {}

  private static final String MANIFEST = "csv";

  private record Scheme(String word, String argument, Function<Path, Corpus> reader) {}

  private static final List<Scheme> SCHEMES =
      List.of(
          new Scheme("ravdess", "DIR", Ravdess.LAYOUT::read),
          new Scheme("iemocap", "DIR", Iemocap::read),
          new Scheme("emodb", "DIR", EmoDb.LAYOUT::read),
          new Scheme("cremad", "DIR", CremaD.LAYOUT::read),
          new Scheme("tess", "DIR", Tess.LAYOUT::read),
          new Scheme("savee", "DIR", Savee.LAYOUT::read),
          new Scheme("nemo", "DIR", Nemo.LAYOUT::read),
          new Scheme(MANIFEST, "FILE", CsvManifest::read));

  /**
   * Returns whether a corpus of this name has a published layout. Its speakers are then the same in
   * every copy; those of a manifest are only names.
   *
   * @param name the name of a corpus, see {@link Corpus#name()}
   * @return true for the readers of published layouts, for example {@code ravdess}
   */
  public static boolean isPublished(String name) {
    return SCHEMES.stream()
        .anyMatch(scheme -> scheme.word().equals(name) && !scheme.word().equals(MANIFEST));
  }

  /** {@return the forms a specification can take, for example {@code ravdess:DIR}} */
  public static List<String> forms() {
    return SCHEMES.stream().map(scheme -> scheme.word() + ":" + scheme.argument()).toList();
  }

  /**
   * Lists and checks a corpus; the audio itself is not read.
   *
   * @param specification one of {@link #forms()}
   * @return the corpus
   * @throws CorpusException when the specification has no such form, or the corpus is not there or
   *     not laid out as its reader expects
   */
  public static Corpus open(String specification) {
    int colon = specification.indexOf(':');
    String word = colon < 0 ? specification : specification.substring(0, colon);
    String argument = colon < 0 ? "" : specification.substring(colon + 1);
    for (Scheme scheme : SCHEMES) {
      if (scheme.word().equals(word) && !argument.isBlank()) {
        return scheme.reader().apply(path(argument));
      }
    }
    throw new CorpusException(
        "no corpus '%s'; expected one of %s".formatted(specification, String.join(", ", forms())));
  }

  /**
   * Makes one corpus of several. Labels that are words for one emotion of this toolkit in different
   * corpora get its name.
   *
   * @param corpora one or more, of different names
   * @return the corpus itself when it is one; otherwise their utterances one corpus behind the
   *     other, named after all of them
   * @throws CorpusException when two have one name
   */
  public static Corpus join(List<Corpus> corpora) {
    if (corpora.size() == 1) {
      return corpora.get(0);
    }
    Map<String, Set<String>> spellings = new LinkedHashMap<>();
    Set<String> corpusNames = new LinkedHashSet<>();
    for (Corpus corpus : corpora) {
      if (!corpusNames.add(corpus.name())) {
        throw new CorpusException(
            "two corpora are named %s; expected different names, which manifests have from their files"
                .formatted(corpus.name()));
      }
      for (String label : corpus.labels()) {
        spellings
            .computeIfAbsent(LabelWords.canonical(label), key -> new LinkedHashSet<>())
            .add(label);
      }
    }
    Map<String, String> names = new LinkedHashMap<>();
    spellings.forEach(
        (canonical, labels) ->
            labels.forEach(label -> names.put(label, labels.size() == 1 ? label : canonical)));
    List<Utterance> utterances = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (Corpus corpus : corpora) {
      for (Utterance utterance : corpus.utterances()) {
        utterances.add(utterance.withLabel(Objects.requireNonNull(names.get(utterance.label()))));
      }
      corpus.notes().forEach(note -> notes.add(corpus.name() + ": " + note));
    }
    return new Corpus(
        String.join("+", corpusNames),
        names.values().stream().distinct().toList(),
        utterances,
        notes);
  }

  /**
   * Makes one corpus of those to train on and those to test on, with the labels that both have.
   *
   * @param training one or more corpora
   * @param tested one or more others
   * @return the utterances of all whose labels are common to both, with a note on the others
   * @throws CorpusException when two have one name, or there are fewer than two common labels
   */
  public static Corpus joinForCrossCorpus(List<Corpus> training, List<Corpus> tested) {
    Corpus all = join(Stream.concat(training.stream(), tested.stream()).toList());
    Set<String> testNames = tested.stream().map(Corpus::name).collect(Collectors.toSet());
    Map<Boolean, Set<String>> labels =
        all.utterances().stream()
            .collect(
                Collectors.partitioningBy(
                    utterance -> testNames.contains(utterance.corpus()),
                    Collectors.mapping(Utterance::label, Collectors.toCollection(TreeSet::new))));
    Set<String> trainLabels = labels.getOrDefault(false, Set.of());
    Set<String> testLabels = labels.getOrDefault(true, Set.of());
    List<String> common =
        all.labels().stream()
            .filter(label -> trainLabels.contains(label) && testLabels.contains(label))
            .toList();
    if (common.size() < 2) {
      throw new CorpusException(
          "the corpora to train on have the labels %s, those to test on %s; expected at least two in common, by --labels where they are named differently"
              .formatted(trainLabels, testLabels));
    }
    List<Utterance> kept = new ArrayList<>();
    Map<String, Integer> leftOut = new TreeMap<>();
    for (Utterance utterance : all.utterances()) {
      if (common.contains(utterance.label())) {
        kept.add(utterance);
      } else {
        leftOut.merge(utterance.corpus() + " " + utterance.label(), 1, Integer::sum);
      }
    }
    List<String> notes = new ArrayList<>(all.notes());
    if (!leftOut.isEmpty()) {
      notes.add(
          "left out classes that are not in both the training and the test corpora: "
              + leftOut.entrySet().stream()
                  .map(entry -> entry.getKey() + " " + entry.getValue())
                  .collect(Collectors.joining(", ")));
    }
    String name = names(training) + " to " + names(tested);
    return new Corpus(name, common, kept, notes);
  }

  private static String names(List<Corpus> corpora) {
    return corpora.stream().map(Corpus::name).collect(Collectors.joining("+"));
  }

  private static Path path(String argument) {
    try {
      return Path.of(argument);
    } catch (InvalidPathException e) {
      throw new CorpusException("'%s' is not a path: %s".formatted(argument, e.getReason()), e);
    }
  }
}
