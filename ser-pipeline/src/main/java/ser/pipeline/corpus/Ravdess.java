package ser.pipeline.corpus;

import static ser.pipeline.corpus.ReleaseCounts.count;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ser.pipeline.corpus.FileNameLayout.Reading;

/**
 * RAVDESS, the Ryerson audio-visual database of emotional speech and song (Livingstone and Russo
 * 2018, doi 10.1371/journal.pone.0196391): its 1,440 speech recordings.
 *
 * <p>A file name is modality-channel-emotion-intensity-statement-repetition-actor.
 */
final class Ravdess {
  private Ravdess() {}

  private static final ReleaseCounts RELEASE =
      ReleaseCounts.of(
          count("neutral", 96),
          count("calm", 192),
          count("happy", 192),
          count("sad", 192),
          count("angry", 192),
          count("fearful", 192),
          count("disgust", 192),
          count("surprised", 192));

  private static final Map<String, String> LABELS = LabelWords.codes("ravdess");

  private static final Pattern NAME =
      Pattern.compile(
          "(?<modality>0[1-3])-(?<channel>0[12])-(?<emotion>0[1-8])-0[12]-(?<statement>0[12])-0[12]"
              + "-(?<actor>0[1-9]|1[0-9]|2[0-4])\\.(?<type>wav|mp4)");

  static final FileNameLayout LAYOUT =
      new FileNameLayout(
          "ravdess", "RAVDESS speech", "03-01-05-01-02-01-12.wav", RELEASE, Ravdess::reading);

  private static Reading reading(Path file) {
    String fileName = file.getFileName().toString();
    Matcher name = NAME.matcher(fileName.toLowerCase(Locale.ROOT));
    if (!name.matches()) {
      return new Reading.Other("files whose names are not RAVDESS names");
    }
    if (!name.group("modality").equals("03") || name.group("type").equals("mp4")) {
      return new Reading.Other("videos");
    }
    if (name.group("channel").equals("02")) {
      return new Reading.Other("songs");
    }
    return new Reading.Speech(
        fileName.substring(0, fileName.lastIndexOf('.')),
        LABELS.getOrDefault(name.group("emotion"), ""),
        "Actor_" + name.group("actor"),
        Optional.of(name.group("statement")));
  }
}
