package ser.pipeline.corpus;

import static ser.pipeline.corpus.ReleaseCounts.count;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ser.pipeline.corpus.FileNameLayout.Reading;

/**
 * nEMO (Christop 2024, LREC-COLING): 4,481 Polish recordings of nine actors. A file name is
 * speaker_emotion_sentence; the ninety sentences are common to all speakers and emotions.
 */
final class Nemo {
  private Nemo() {}

  private static final ReleaseCounts RELEASE =
      ReleaseCounts.of(
          count("neutral", 809),
          count("happy", 749),
          count("sad", 769),
          count("angry", 749),
          count("fearful", 736),
          count("surprised", 669));

  private static final Map<String, String> LABELS = LabelWords.codes("nemo");

  /** The release is WAV; copies at a lower sample rate are often FLAC. */
  private static final Pattern NAME =
      Pattern.compile(
          "(?<id>(?<speaker>WR0|EB0|KS0|MP0|KD0|MK0|TP0|IC0|SM0)"
              + "_(?<emotion>neutral|happiness|sadness|anger|fear|surprised)"
              + "_(?<sentence>[1-9]|[1-8]\\d|90))\\.(?i:wav|flac)");

  static final FileNameLayout LAYOUT =
      new FileNameLayout("nemo", "nEMO", "EB0_anger_1.wav", RELEASE, Nemo::reading);

  private static Reading reading(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    return name.matches()
        ? new Reading.Speech(
            name.group("id"),
            LABELS.getOrDefault(name.group("emotion"), ""),
            name.group("speaker"),
            Optional.of(name.group("sentence")))
        : new Reading.Other("files whose names are not nEMO names");
  }
}
