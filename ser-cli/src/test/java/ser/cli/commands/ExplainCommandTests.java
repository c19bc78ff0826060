package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.EmotionRecognizer;
import ser.api.Recognition;
import ser.cli.BundledFiles;
import ser.cli.Cli;
import ser.cli.Wav;
import ser.features.audio.AudioFiles;

class ExplainCommandTests {
  private static Path explain(Path out, Object... arguments) {
    Object[] all = new Object[arguments.length + 3];
    all[0] = "explain";
    all[1] = "--out";
    all[2] = out;
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    Cli cli = Cli.run(all);
    assertThat(cli.err()).startsWith(out + ": explains ").hasLineCount(1);
    assertThat(cli.code()).isZero();
    return out;
  }

  @Test
  void thePageOfAClipHasTheModelsProbabilities(@TempDir Path folder) throws IOException {
    Path clip = BundledFiles.clips().get(0);
    Recognition recognition;
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(BundledFiles.model())) {
      recognition = recognizer.recognize(clip);
    }
    String html = Files.readString(explain(folder.resolve("clip.html"), clip));
    assertThat(recognition.doubts()).isNotEmpty().allMatch(html::contains);
    assertThat(html)
        .contains("Explanation of " + clip.getFileName())
        .contains(
            "%s, %.3f."
                .formatted(
                    recognition.label(), recognition.probabilities().get(recognition.label())))
        .contains("<audio")
        .doesNotContain("Focus-Attention: windows", "Calibration-Attention: gates")
        .doesNotContain("Probabilities over time", "thinned", "Comparison of the models");
  }

  @Test
  void aLongFileHasATimelineAndASecondModelAComparison(@TempDir Path folder) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < 6; i++) {
      for (float sample : AudioFiles.read(BundledFiles.clips().get(i % 3)).samples()) {
        int value = Math.round(sample * 32_768);
        bytes.write(value);
        bytes.write(value >> 8);
      }
    }
    bytes.write(new byte[2 * 10 * 16_000]);
    Path file = Files.write(folder.resolve("talk.wav"), Wav.of(bytes.toByteArray()).bytes());
    String html =
        Files.readString(
            explain(folder.resolve("talk.html"), "--against", BundledFiles.model(), file));
    assertThat(html)
        .contains("Probabilities over time", "Comparison of the models", "id=\"model-2\"")
        .contains("Model " + BundledFiles.model());
  }

  @Test
  void faultsAreOneLineAndLeaveTheOldPage(@TempDir Path folder) throws IOException {
    Path page = Files.writeString(folder.resolve("old.html"), "old");
    Path text = Files.writeString(folder.resolve("note.wav"), "no audio");
    Path clip = BundledFiles.clips().get(0);
    Cli.run("explain", "--out", page, text).failsSaying("note.wav");
    Cli.run("explain", "--out", page, folder.resolve("none.wav")).failsSaying("none.wav");
    Cli.run("explain", "--out", page, "--model", folder.resolve("none"), clip)
        .failsSaying("none", "there is no model package here");
    Cli.run("explain", "--out", page, "--against", folder.resolve("none"), clip)
        .failsSaying("none", "there is no model package here");
    Cli.run("explain", "--out", text, text).failsSaying("would be overwritten");
    Cli.run("explain", "--out", folder.resolve("no/where.html"), clip).failsSaying("no");
    Cli.run("explain", "--channel", "each", "--out", page, clip).refusesSaying("--channel each");
    Cli missing = Cli.run("explain", clip);
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("Missing required option: '--out=F.html'");
    assertThat(page).hasContent("old");
    assertThat(text).hasContent("no audio");
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("old.html", "note.wav");
  }
}
