package ser.pipeline.corpus;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A corpus whose file names encode label and speaker, so that any nesting of folders will do.
 *
 * @param name the short name, for example {@code ravdess}
 * @param title the name as its authors write it
 * @param example a file name of the layout, for messages
 * @param release what the full release holds
 * @param reading what a file is, by its path relative to the corpus folder
 */
record FileNameLayout(
    String name,
    String title,
    String example,
    ReleaseCounts release,
    Function<Path, Reading> reading) {

  /** The role of a file of the folder. */
  sealed interface Reading {
    /** An utterance of the corpus. */
    record Speech(String id, String label, String speaker, Optional<String> sentence)
        implements Reading {
      Speech(String id, String label, String speaker) {
        this(id, label, speaker, Optional.empty());
      }
    }

    /**
     * Something else.
     *
     * @param what a plural noun for the note, for example {@code "songs"}
     */
    record Other(String what) implements Reading {}
  }

  /**
   * Reads a corpus folder.
   *
   * @throws CorpusException when the folder is missing or none of its files is of this layout
   */
  Corpus read(Path root) {
    CorpusFolder.require(root, "the folder of " + title);
    List<Path> files = CorpusFolder.filesUnder(root);
    Map<String, Utterance> utterances = new TreeMap<>();
    Map<String, List<Path>> ignored = new LinkedHashMap<>();
    for (Path file : files) {
      if (reading.apply(file) instanceof Reading.Speech speech) {
        Utterance utterance =
            Utterance.of(name, speech.id(), root.resolve(file), speech.label(), speech.speaker())
                .withSentence(speech.sentence());
        // A widely used archive of RAVDESS, and one of TESS, hold every file twice.
        if (utterances.putIfAbsent(speech.id(), utterance) != null) {
          ignored.computeIfAbsent("further copies", key -> new ArrayList<>()).add(file);
        }
      } else if (reading.apply(file) instanceof Reading.Other other) {
        ignored.computeIfAbsent(other.what(), key -> new ArrayList<>()).add(file);
      }
    }
    List<String> notes = new ArrayList<>();
    ignored.forEach(
        (what, which) ->
            notes.add("ignored %d %s, first: %s".formatted(which.size(), what, which.get(0))));
    if (utterances.isEmpty()) {
      throw new CorpusException(
          "%s: %s; expected %s files such as %s"
              .formatted(
                  root,
                  files.isEmpty() ? "the folder is empty" : String.join("; ", notes),
                  title,
                  example));
    }
    List<Utterance> found = List.copyOf(utterances.values());
    release.deviation(found).ifPresent(notes::add);
    return new Corpus(name, release.labels(), found, notes);
  }
}
