package ser.pipeline.corpus;

import static ser.pipeline.corpus.ReleaseCounts.count;

import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ser.pipeline.corpus.FileNameLayout.Reading;

/**
 * SAVEE, Surrey audio-visual expressed emotion (Haq and Jackson 2010): 480 recordings of four men.
 * The published layout is SPEAKER/emotion-and-number; copies in one folder put the speaker's
 * initials and an underscore before the name.
 */
final class Savee {
  private Savee() {}

  private static final ReleaseCounts RELEASE =
      ReleaseCounts.of(
          count("neutral", 120),
          count("happy", 60),
          count("sad", 60),
          count("angry", 60),
          count("fearful", 60),
          count("disgust", 60),
          count("surprised", 60));

  private static final Map<String, String> LABELS = LabelWords.codes("savee");

  private static final Pattern NAME =
      Pattern.compile(
          "(.*/)?(?<speaker>DC|JE|JK|KL)[/_](?<turn>(?<emotion>n|h|sa|a|f|d|su)\\d\\d)\\.(?i:wav)");

  static final FileNameLayout LAYOUT =
      new FileNameLayout("savee", "SAVEE", "DC/a01.wav", RELEASE, Savee::reading);

  private static Reading reading(Path file) {
    Matcher name = NAME.matcher(file.toString().replace('\\', '/'));
    return name.matches()
        ? new Reading.Speech(
            name.group("speaker") + "_" + name.group("turn"),
            LABELS.getOrDefault(name.group("emotion"), ""),
            name.group("speaker"))
        : new Reading.Other("files whose names are not SAVEE names");
  }
}
