package ser.pipeline.corpus;

import static ser.pipeline.corpus.ReleaseCounts.count;

import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ser.pipeline.corpus.FileNameLayout.Reading;

/**
 * EmoDB, the Berlin database of emotional speech (Burkhardt et al. 2005): 535 recordings of ten
 * speakers. A file name is speaker, text, emotion (the initial of its German name), version.
 */
final class EmoDb {
  private EmoDb() {}

  private static final ReleaseCounts RELEASE =
      ReleaseCounts.of(
          count("neutral", 79),
          count("happy", 71),
          count("sad", 62),
          count("angry", 127),
          count("fearful", 69),
          count("disgust", 46),
          count("bored", 81));

  private static final Map<String, String> LABELS = LabelWords.codes("emodb");

  private static final Pattern NAME =
      Pattern.compile(
          "(?<id>(?<speaker>03|08|09|1[0-6])[ab]\\d\\d(?<emotion>[NFTWAEL])[a-z])\\.(?i:wav)");

  static final FileNameLayout LAYOUT =
      new FileNameLayout("emodb", "EmoDB", "03a01Fa.wav", RELEASE, EmoDb::reading);

  private static Reading reading(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    return name.matches()
        ? new Reading.Speech(
            name.group("id"), LABELS.getOrDefault(name.group("emotion"), ""), name.group("speaker"))
        : new Reading.Other("files whose names are not EmoDB names");
  }
}
