package ser.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import ser.cli.Cli;
import ser.cli.Wav;
import ser.cli.commands.PredictCommandTests;
import ser.cli.parquet.ParquetFiles;
import tools.jackson.databind.json.JsonMapper;

/** A long {@code predict} that is interrupted. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no signals to send")
class PredictInterruptionLaunchTests {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** One clip under so many names that hearing all of them takes long. */
  private static final int FILES = 30_000;

  private static Path clips(Path folder) throws IOException {
    Path clips = Files.createDirectory(folder.resolve("clips"));
    Path first = Files.write(clips.resolve("00000.wav"), Wav.of(Wav.tone(0.2)).bytes());
    for (int i = 1; i < FILES; i++) {
      Files.copy(first, clips.resolve("%05d.wav".formatted(i))); // links count as one file
    }
    return clips;
  }

  private static Cli runUntilSignal(Path folder, Path out, Path clips, Predicate<JavaProcess> begun)
      throws Exception {
    List<String> predict =
        Layout.CLASS_PATH.ser("predict", "--out", out.toString(), clips.toString());
    try (JavaProcess process = JavaProcess.start(folder, Map.of(), predict)) {
      Instant deadline = Instant.now().plus(PATIENCE);
      while (!begun.test(process)) {
        assertThat(process.endsWithin(Duration.ofMillis(10))).as("the run gets on").isFalse();
        assertThat(Instant.now()).isBefore(deadline);
      }
      String pid = Long.toString(process.pid());
      assertThat(new ProcessBuilder("kill", "-TERM", pid).start().waitFor()).isZero();
      return process.end();
    }
  }

  @Test
  void whatWasAnsweredIsKeptInWholeLines(@TempDir Path folder) throws Exception {
    Path clips = clips(folder);
    Path out = Files.writeString(folder.resolve("results.jsonl"), "older");
    Path part = folder.resolve("results.jsonl.part");

    Cli cli = runUntilSignal(folder, out, clips, process -> part.toFile().length() > 100_000);

    assertThat(cli.code()).isEqualTo(143);
    List<String> lines = Files.readAllLines(part);
    assertThat(lines).hasSizeBetween(1, FILES - 1);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(JsonMapper.shared().readTree(lines.get(i)).get("file").asString())
          .isEqualTo(clips.resolve("%05d.wav".formatted(i)).toString());
    }
    assertThat(cli.err().lines())
        .containsExactly(
            "ser: interrupted; %s holds the results of %d of %d files"
                .formatted(part, lines.size(), FILES));
    assertThat(out).hasContent("older");
  }

  @Test
  void aParquetFileThatWasCutOffCanBeRead(@TempDir Path folder) throws Exception {
    Path clips = clips(folder);
    Path out = folder.resolve("results.parquet");
    Path part = folder.resolve("results.parquet.part");
    // The file does not tell how far the run has got, its rows are held in groups: a broken clip
    // does.
    Files.createFile(clips.resolve("00100, broken.wav"));

    Cli cli =
        runUntilSignal(folder, out, clips, process -> process.err().contains("an empty file"));

    assertThat(cli.code()).isEqualTo(143);
    assertThat(out).doesNotExist();
    int answered = ParquetFiles.read(part, PredictCommandTests.COLUMNS).size();
    assertThat(answered).isBetween(101, FILES);
    assertThat(cli.err().lines())
        .last()
        .isEqualTo(
            "ser: interrupted; %s holds the results of %d of %d files"
                .formatted(part, answered, FILES + 1));
  }
}
