package ser.pipeline.corpus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * New names for labels, by their names in a corpus in any case. A label without an entry keeps its
 * name; one with an empty name is left out. Immutable.
 */
public final class LabelMap {
  private static final long LARGEST = 1 << 20;
  private static final String EXPECTED =
      "pairs such as anger=angry,joy=happy, or a JSON file such as {\"anger\": \"angry\"}";

  /** The map that changes nothing. */
  public static final LabelMap NONE = new LabelMap(Map.of());

  private final Map<String, String> names; // by the old name in lower case

  private LabelMap(Map<String, String> names) {
    this.names = names;
  }

  /**
   * A corpus after a change of its labels.
   *
   * @param corpus the corpus without the utterances that were left out
   * @param leftOut the number of utterances that were left out, by their label before the change
   */
  public record Relabelled(Corpus corpus, Map<String, Integer> leftOut) {
    /** {@return for example {@code "calm 192, bored 81"}} */
    public String leftOutText() {
      List<String> counts = new ArrayList<>();
      leftOut.forEach((label, count) -> counts.add(label + " " + count));
      return String.join(", ", counts);
    }
  }

  /**
   * Reads a map.
   *
   * @param text pairs such as {@code anger=angry,joy=happy}, or the path of a file that ends in
   *     {@code .json} and holds an object such as {@code {"anger": "angry"}}; an empty name, or
   *     null, leaves a label out
   * @return the map
   * @throws CorpusException when the text or the file is neither
   */
  public static LabelMap parse(String text) {
    Map<String, String> names = new LinkedHashMap<>();
    if (text.toLowerCase(Locale.ROOT).endsWith(".json") && text.indexOf('=') < 0) {
      readFile(Path.of(text), names);
    } else {
      for (String pair : text.split(",", -1)) {
        int equals = pair.indexOf('=');
        if (equals < 1) {
          throw new CorpusException(
              "labels: '%s' is not a pair; expected %s".formatted(pair, EXPECTED));
        }
        put("labels", names, pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return new LabelMap(names);
  }

  private static void readFile(Path file, Map<String, String> names) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
        throw new CorpusException(
            "%s: %s; expected a JSON file such as {\"anger\": \"angry\"}"
                .formatted(
                    file, Files.exists(file) ? "is no file of labels" : "there is no such file"));
      }
      JsonMapper mapper =
          JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
      JsonNode json = mapper.readTree(Files.readAllBytes(file));
      if (!json.isObject()) {
        throw new CorpusException(
            "%s: holds no JSON object; expected one such as {\"anger\": \"angry\"}"
                .formatted(file));
      }
      json.forEachEntry(
          (from, to) -> {
            if (!to.isString() && !to.isNull()) {
              throw new CorpusException(
                  "%s: the value of '%s' is %s; expected a label, or null to leave it out"
                      .formatted(file, from, to));
            }
            put(file.toString(), names, from, to.isNull() ? "" : to.stringValue());
          });
    } catch (JacksonException e) {
      throw new CorpusException(
          "%s: is not JSON: %s"
              .formatted(
                  file, String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("")),
          e);
    } catch (IOException e) {
      throw new CorpusException("%s: cannot be read: %s".formatted(file, e), e);
    }
  }

  private static void put(String where, Map<String, String> names, String from, String to) {
    String old = from.strip().toLowerCase(Locale.ROOT);
    if (names.putIfAbsent(old, to.strip()) != null) {
      throw new CorpusException("%s: '%s' is given twice; expected one name".formatted(where, old));
    }
  }

  /** {@return the new name of a label; empty when it is left out} */
  private Optional<String> apply(String label) {
    return Optional.of(names.getOrDefault(label.toLowerCase(Locale.ROOT), label))
        .filter(name -> !name.isEmpty());
  }

  /**
   * Renames the labels of a corpus.
   *
   * @param corpus the corpus
   * @return the corpus with the new names, in the order of the old; a note tells entries that no
   *     label has
   * @throws CorpusException when nothing remains
   */
  public Relabelled relabel(Corpus corpus) {
    Map<String, Optional<String>> renamed = new LinkedHashMap<>();
    corpus.labels().forEach(label -> renamed.put(label, apply(label)));
    Set<String> order = new LinkedHashSet<>();
    renamed.values().forEach(name -> name.ifPresent(order::add));
    Relabelled result =
        relabel(withNotes(corpus), renamed, List.copyOf(order), "the labels of --labels");
    if (result.leftOut().isEmpty()) {
      return result;
    }
    List<String> notes = new ArrayList<>(result.corpus().notes());
    notes.add("left out by --labels: " + result.leftOutText());
    return new Relabelled(
        new Corpus(
            result.corpus().name(), result.corpus().labels(), result.corpus().utterances(), notes),
        result.leftOut());
  }

  /**
   * Renames the labels of a corpus to those of a model, and leaves out the utterances of classes
   * that the model lacks. After this map, labels of the same name are the same; otherwise those
   * that are words for one emotion of this toolkit, for example {@code anger} and {@code angry}.
   *
   * @param corpus the corpus
   * @param labels the model's
   * @return the corpus with labels that the model has, in the model's order, without those that no
   *     utterance has
   * @throws CorpusException when they have no label in common
   */
  public Relabelled relabelTo(Corpus corpus, List<String> labels) {
    Map<String, Optional<String>> renamed = new LinkedHashMap<>();
    Set<String> found = new LinkedHashSet<>();
    corpus
        .classCounts()
        .forEach(
            (label, count) -> {
              Optional<String> name = apply(label).flatMap(to -> match(to, labels));
              renamed.put(label, name);
              if (count > 0) {
                name.ifPresent(found::add);
              }
            });
    return relabel(
        withNotes(corpus),
        renamed,
        labels.stream().filter(found::contains).toList(),
        "the model's labels " + String.join(", ", labels));
  }

  /**
   * Finds the label of neutral speech.
   *
   * @param labels a model's
   * @return the index of {@code neutral}, or else of the one label that is another word for it;
   *     empty where no label is, or several are
   */
  public static OptionalInt neutral(List<String> labels) {
    Optional<String> label = match("neutral", labels);
    return label.isPresent() ? OptionalInt.of(labels.indexOf(label.get())) : OptionalInt.empty();
  }

  private static Optional<String> match(String label, List<String> labels) {
    if (labels.contains(label)) {
      return Optional.of(label);
    }
    List<String> same =
        labels.stream()
            .filter(other -> LabelWords.canonical(other).equals(LabelWords.canonical(label)))
            .toList();
    return same.size() == 1 ? Optional.of(same.get(0)) : Optional.empty();
  }

  private Corpus withNotes(Corpus corpus) {
    List<String> known =
        corpus.labels().stream().map(label -> label.toLowerCase(Locale.ROOT)).toList();
    List<String> unknown = names.keySet().stream().filter(name -> !known.contains(name)).toList();
    if (unknown.isEmpty()) {
      return corpus;
    }
    List<String> notes = new ArrayList<>(corpus.notes());
    notes.add(
        "%s has no label %s of --labels; it has %s"
            .formatted(
                corpus.name(), String.join(", ", unknown), String.join(", ", corpus.labels())));
    return new Corpus(corpus.name(), corpus.labels(), corpus.utterances(), notes);
  }

  private static Relabelled relabel(
      Corpus corpus, Map<String, Optional<String>> renamed, List<String> order, String target) {
    List<Utterance> kept = new ArrayList<>();
    Map<String, Integer> leftOut = new LinkedHashMap<>();
    for (Utterance utterance : corpus.utterances()) {
      Optional<String> name = renamed.getOrDefault(utterance.label(), Optional.empty());
      if (name.isPresent()) {
        kept.add(utterance.withLabel(name.get()));
      } else {
        leftOut.merge(utterance.label(), 1, Integer::sum);
      }
    }
    if (kept.isEmpty()) {
      throw new CorpusException(
          "corpus %s has the labels %s, none in common with %s; name the pairs, for example"
                  .formatted(corpus.name(), present(corpus), target)
              + " --labels anger=angry,joy=happy");
    }
    return new Relabelled(
        new Corpus(corpus.name(), order, kept, corpus.notes()),
        Collections.unmodifiableMap(leftOut));
  }

  private static String present(Corpus corpus) {
    Collection<String> labels =
        corpus.classCounts().entrySet().stream()
            .filter(entry -> entry.getValue() > 0)
            .map(Map.Entry::getKey)
            .toList();
    return String.join(", ", labels);
  }
}
