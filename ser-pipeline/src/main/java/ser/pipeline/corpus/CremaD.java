package ser.pipeline.corpus;

import static ser.pipeline.corpus.ReleaseCounts.count;

import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ser.pipeline.corpus.FileNameLayout.Reading;

/**
 * CREMA-D (Cao et al. 2014, doi 10.1109/TAFFC.2014.2336244): 7,442 recordings of 91 actors. A file
 * name is actor_sentence_emotion_level; the emotion is the one that was acted.
 */
final class CremaD {
  private CremaD() {}

  private static final ReleaseCounts RELEASE =
      ReleaseCounts.of(
          count("neutral", 1087),
          count("happy", 1271),
          count("sad", 1271),
          count("angry", 1271),
          count("fearful", 1271),
          count("disgust", 1271));

  private static final Map<String, String> LABELS = LabelWords.codes("cremad");

  /** One file of the release has the level X in place of XX. */
  private static final Pattern NAME =
      Pattern.compile(
          "(?<id>(?<speaker>10\\d\\d)_[A-Z]{3}_(?<emotion>NEU|HAP|SAD|ANG|FEA|DIS)_(LO|MD|HI|XX?))"
              + "\\.(?i:wav)");

  static final FileNameLayout LAYOUT =
      new FileNameLayout("cremad", "CREMA-D", "1001_DFA_ANG_XX.wav", RELEASE, CremaD::reading);

  private static Reading reading(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    return name.matches()
        ? new Reading.Speech(
            name.group("id"), LABELS.getOrDefault(name.group("emotion"), ""), name.group("speaker"))
        : new Reading.Other("files whose names are not CREMA-D names");
  }
}
