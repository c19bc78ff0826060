package ser.pipeline.corpus;

import static ser.pipeline.corpus.ReleaseCounts.count;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * IEMOCAP (Busso et al. 2008, doi 10.1007/s10579-008-9076-6) in its usual four classes: angry,
 * happy with excited, sad and neutral, 5,531 utterances.
 *
 * <p>The published layout has, for N from 1 to 5:
 *
 * <pre>
 * SessionN/dialog/EmoEvaluation/DIALOG.txt       lines "[6.2 - 8.2]⇥TURN⇥neu⇥[2.5, 2.5, 2.5]"
 * SessionN/sentences/wav/DIALOG/TURN.wav
 * </pre>
 */
final class Iemocap {
  private Iemocap() {}

  private static final String NAME = "iemocap";
  private static final String RELEASE_FOLDER = "IEMOCAP_full_release";

  private static final ReleaseCounts RELEASE =
      ReleaseCounts.of(
          count("angry", 1103), count("happy", 1636), count("sad", 1084), count("neutral", 1708));

  /** The utterances of the four classes in each session of the release. */
  private static final ReleaseCounts SESSIONS =
      ReleaseCounts.of(
          count("Ses01", 1085),
          count("Ses02", 1023),
          count("Ses03", 1151),
          count("Ses04", 1031),
          count("Ses05", 1241));

  private static final Map<String, String> LABELS = LabelWords.codes("iemocap");

  private static final Pattern LINE =
      Pattern.compile("\\[[\\d.]+ - [\\d.]+]\\t(?<turn>\\S+)\\t(?<emotion>\\w+)\\t\\[.*]\\s*");

  /**
   * The dialog's letter tells who wore the motion-capture markers; only the turn's tells who
   * speaks.
   */
  private static final Pattern TURN =
      Pattern.compile("(?<dialog>(?<session>Ses0[1-5])[FM]_\\w+)_(?<speaker>[FM])\\d{3}");

  private static final Pattern SESSION_FOLDER = Pattern.compile("Session[1-5]");

  static Corpus read(Path folder) {
    String layout = "Session1 to Session5 of IEMOCAP, each with dialog/EmoEvaluation";
    CorpusFolder.require(folder, "a folder with " + layout);
    Path inner = folder.resolve(RELEASE_FOLDER);
    Path root = Files.isDirectory(inner) ? inner : folder;
    List<Path> sessions =
        CorpusFolder.entries(root).stream()
            .filter(entry -> SESSION_FOLDER.matcher(nameOf(entry)).matches())
            .toList();
    if (sessions.isEmpty()) {
      throw new CorpusException(
          "%s: found %s; expected %s".formatted(root, firstEntries(root), layout));
    }
    Map<String, Utterance> utterances = new TreeMap<>();
    Map<String, Integer> leftOut = new TreeMap<>();
    for (Path session : sessions) {
      readSession(session, utterances, leftOut);
    }
    if (utterances.isEmpty()) {
      throw new CorpusException(
          "%s: no turn annotated as one of the four classes in %s; expected lines such as"
                  .formatted(root, layout)
              + " [6.2901 - 8.2357]<tab>Ses01F_impro01_F000<tab>neu<tab>[2.5, 2.5, 2.5]");
    }
    List<String> notes = new ArrayList<>();
    if (!leftOut.isEmpty()) {
      notes.add(
          "left out turns of other classes: "
              + leftOut.entrySet().stream()
                  .map(entry -> entry.getKey() + " " + entry.getValue())
                  .collect(Collectors.joining(", ")));
    }
    List<Utterance> found = List.copyOf(utterances.values());
    RELEASE.deviation(found).ifPresent(notes::add);
    List<String> differing =
        SESSIONS.differences(found, utterance -> utterance.session().orElse("none"));
    if (!differing.isEmpty()) {
      notes.add("sessions with other counts than the release: " + String.join(", ", differing));
    }
    return new Corpus(NAME, RELEASE.labels(), found, notes);
  }

  private static void readSession(
      Path session, Map<String, Utterance> utterances, Map<String, Integer> leftOut) {
    Path evaluations = session.resolve("dialog").resolve("EmoEvaluation");
    CorpusFolder.require(evaluations, "IEMOCAP's annotations, one text file per dialog");
    // The subfolders hold single annotators' votes; the files themselves the majority's.
    for (Path file : CorpusFolder.entries(evaluations)) {
      if (nameOf(file).endsWith(".txt") && Files.isRegularFile(file)) {
        readDialog(session, file, utterances, leftOut);
      }
    }
  }

  private static void readDialog(
      Path session, Path file, Map<String, Utterance> utterances, Map<String, Integer> leftOut) {
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (!line.startsWith("[")) {
        continue; // the header, blank lines and the single votes
      }
      Matcher annotation = LINE.matcher(line);
      if (!annotation.matches()) {
        throw new CorpusException(
            "%s line %d: found '%s'; expected [start - end]<tab>turn<tab>emotion<tab>[v, a, d]"
                .formatted(file, number, line));
      }
      String label = LABELS.get(annotation.group("emotion"));
      if (label == null) {
        leftOut.merge(annotation.group("emotion"), 1, Integer::sum);
        continue;
      }
      Utterance utterance = utterance(session, file, number, annotation.group("turn"), label);
      if (utterances.putIfAbsent(utterance.id(), utterance) != null) {
        throw new CorpusException(
            "%s line %d: turn %s is annotated a second time; expected each once"
                .formatted(file, number, utterance.id()));
      }
    }
  }

  private static Utterance utterance(
      Path session, Path file, int number, String turn, String label) {
    Matcher name = TURN.matcher(turn);
    if (!name.matches()) {
      throw new CorpusException(
          "%s line %d: found turn '%s'; expected a name such as Ses01F_impro01_F000"
              .formatted(file, number, turn));
    }
    Path wav =
        session
            .resolve("sentences")
            .resolve("wav")
            .resolve(name.group("dialog"))
            .resolve(turn + ".wav");
    if (!Files.isRegularFile(wav)) {
      Path upper = wav.resolveSibling(turn + ".WAV");
      wav = Files.isRegularFile(upper) ? upper : wav;
    }
    if (!Files.isRegularFile(wav)) {
      throw new CorpusException(
          "%s line %d: turn %s has no audio; expected %s".formatted(file, number, turn, wav));
    }
    return Utterance.of(NAME, turn, wav, label, name.group("session") + name.group("speaker"))
        .withSession(Optional.of(name.group("session")));
  }

  private static List<String> lines(Path file) {
    try {
      // Every byte is a Latin-1 character, so that a stray byte in a comment cannot fail the read.
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new CorpusException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static String firstEntries(Path folder) {
    List<String> names = CorpusFolder.entries(folder).stream().map(Iemocap::nameOf).toList();
    if (names.isEmpty()) {
      return "an empty folder";
    }
    return names.size() <= 3
        ? String.join(", ", names)
        : "%d entries, first %s".formatted(names.size(), names.get(0));
  }

  private static String nameOf(Path path) {
    return path.getFileName().toString();
  }
}
