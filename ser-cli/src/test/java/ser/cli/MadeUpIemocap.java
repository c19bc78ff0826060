package ser.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import ser.cli.EmotionalSpeech.Emotion;
import ser.cli.EmotionalSpeech.Speaker;
import ser.features.audio.AudioClip;
import ser.pipeline.io.WavWriter;

/**
 * A folder of IEMOCAP's published layout with synthesised speech: five sessions of two speakers, an
 * improvised and a scripted dialog each. The same bytes every time.
 */
public final class MadeUpIemocap {
  /** An annotation and the number of such turns of each speaker in each dialog. */
  private record Turns(String code, Emotion emotion, int count) {}

  private static final List<Turns> TURNS =
      List.of(
          new Turns("ang", Emotion.ANGRY, 2),
          new Turns("hap", Emotion.HAPPY, 1),
          new Turns("exc", Emotion.HAPPY, 1),
          new Turns("sad", Emotion.SAD, 2),
          new Turns("neu", Emotion.NEUTRAL, 2),
          new Turns("fru", Emotion.ANGRY, 1),
          new Turns("xxx", Emotion.NEUTRAL, 1));

  /** The turns of the four classes of each speaker: both dialogs together. */
  public static final int TURNS_PER_SPEAKER = 16;

  private MadeUpIemocap() {}

  /**
   * Writes the release.
   *
   * @param folder an empty folder
   * @return the folder around the release, as it is unpacked
   */
  public static Path write(Path folder) {
    Path release = folder.resolve("IEMOCAP_full_release");
    text(release.resolve("README.txt"), "Made up: synthesised speech in the layout of IEMOCAP.");
    for (int session = 1; session <= 5; session++) {
      Path root = release.resolve("Session" + session);
      dialog(root, session, "Ses%02dF_impro01".formatted(session));
      dialog(root, session, "Ses%02dM_script01_1".formatted(session));
    }
    return folder;
  }

  private static void dialog(Path session, int number, String name) {
    StringBuilder annotations =
        new StringBuilder("% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n");
    StringBuilder votes = new StringBuilder();
    double start = 6.2901;
    for (String letter : List.of("F", "M")) {
      Speaker speaker = Speaker.of(letter.equals("F"), 10L * number + letter.charAt(0));
      int turn = 0;
      for (Turns turns : TURNS) {
        for (int i = 0; i < turns.count; i++) {
          String id = "%s_%s%03d".formatted(name, letter, turn++);
          AudioClip clip = EmotionalSpeech.clip(speaker, turns.emotion, id.hashCode());
          WavWriter.write(
              parent(session.resolve("sentences/wav").resolve(name).resolve(id + ".wav")), clip);
          double end = start + (double) clip.samples().length / EmotionalSpeech.RATE;
          annotations.append(
              String.format(
                  Locale.ROOT,
                  "[%.4f - %.4f]\t%s\t%s\t[2.5000, 2.5000, 2.5000]\n",
                  start,
                  end,
                  id,
                  turns.code));
          annotations.append("C-E2:\tNeutral;\t()\nC-E3:\tNeutral;\t()\nC-E4:\tNeutral;\t()\n");
          annotations.append("C-F1:\tNeutral;\t()\n");
          annotations.append(
              "A-E3:\tval 3; act 2; dom  2;\t()\nA-F1:\tval 3; act 2; dom  1;\t()\n\n");
          votes.append(id).append(" :Neutral; ()\n");
          start = end + 0.5;
        }
      }
    }
    Path evaluation = session.resolve("dialog/EmoEvaluation");
    text(evaluation.resolve(name + ".txt"), annotations.toString());
    text(evaluation.resolve("Categorical/" + name + "_e2_cat.txt"), votes.toString());
    text(evaluation.resolve("Attribute/" + name + "_e3_atr.txt"), votes.toString());
    text(evaluation.resolve("Self-evaluation/" + name + "_f1_cat.txt"), votes.toString());
    text(session.resolve("dialog/transcriptions/" + name + ".txt"), "made up\n");
  }

  private static Path parent(Path file) {
    try {
      Files.createDirectories(file.getParent());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void text(Path file, String content) {
    try {
      Files.writeString(parent(file), content, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
