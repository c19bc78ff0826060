package ser.pipeline.corpus;

import static ser.pipeline.corpus.ReleaseCounts.count;

import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ser.pipeline.corpus.FileNameLayout.Reading;

/**
 * TESS, the Toronto emotional speech set (Pichora-Fuller and Dupuis 2020, doi 10.5683/SP2/E8H2MF):
 * 2,800 recordings of an older and a younger woman. A file name is speaker_word_emotion, where ps
 * is pleasant surprise.
 */
final class Tess {
  private Tess() {}

  private static final ReleaseCounts RELEASE =
      ReleaseCounts.of(
          count("neutral", 400),
          count("happy", 400),
          count("sad", 400),
          count("angry", 400),
          count("fearful", 400),
          count("disgust", 400),
          count("surprised", 400));

  private static final Map<String, String> LABELS = LabelWords.codes("tess");

  /** One file of the release has the speaker OA in place of OAF. */
  private static final Pattern NAME =
      Pattern.compile(
          "(?<id>(?<speaker>[OY])AF?_[a-z]+_(?<emotion>neutral|happy|sad|angry|fear|disgust|ps))"
              + "\\.(?i:wav)");

  static final FileNameLayout LAYOUT =
      new FileNameLayout("tess", "TESS", "OAF_back_angry.wav", RELEASE, Tess::reading);

  private static Reading reading(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    return name.matches()
        ? new Reading.Speech(
            name.group("id"),
            LABELS.getOrDefault(name.group("emotion"), ""),
            name.group("speaker") + "AF")
        : new Reading.Other("files whose names are not TESS names");
  }
}
