package ser.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import ser.cli.Cli;
import ser.cli.ToneCorpus;

/** An ablation that is killed, and one that is interrupted. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no signals to send")
class AblationLaunchTests {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static List<String> ablate(Path corpus, Path out, String... more) {
    String[] arguments = {
      "ablate",
      "--corpus",
      "csv:" + corpus,
      "--protocol",
      "loso",
      "--variants",
      "mhsa,fa+ca",
      "--seeds",
      "1,2",
      "--folds",
      "1,2",
      "--epochs",
      "12",
      "--jobs",
      "2",
      "--out",
      out.toString()
    };
    return Layout.CLASS_PATH.ser(
        Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new));
  }

  /** Starts or resumes the ablation, and ends it by a signal once three more epochs are over. */
  private static Cli runUntilSignal(Path folder, Path corpus, Path out, String signal)
      throws IOException, InterruptedException {
    long before = epochs(out);
    try (JavaProcess process =
        JavaProcess.start(folder, Map.of(), ablate(corpus, out, "--resume"))) {
      Instant deadline = Instant.now().plus(PATIENCE);
      while (epochs(out) < before + 3) {
        assertThat(process.endsWithin(Duration.ofMillis(10))).as(process.err()).isFalse();
        assertThat(Instant.now()).isBefore(deadline);
      }
      String pid = Long.toString(process.pid());
      assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
      return process.end();
    }
  }

  /** The epochs that all runs have logged. */
  private static long epochs(Path out) throws IOException {
    long epochs = 0;
    for (String variant : List.of("mhsa", "fa+ca")) {
      for (String fold :
          List.of("seed-1/fold-1", "seed-1/fold-2", "seed-2/fold-1", "seed-2/fold-2")) {
        Path log = out.resolve(variant).resolve(fold).resolve("log.csv");
        epochs += Files.exists(log) ? Files.readAllLines(log).size() - 1 : 0;
      }
    }
    return epochs;
  }

  @Test
  void anAblationThatWasKilledAndInterruptedEndsInTheSameTables(@TempDir Path folder)
      throws Exception {
    Path corpus = ToneCorpus.write(folder);
    Path whole = folder.resolve("whole");
    Path pieces = folder.resolve("pieces");
    Cli uninterrupted = JavaProcess.run(folder, ablate(corpus, whole));
    assertThat(uninterrupted.code()).as(uninterrupted.err()).isZero();

    Cli killed = runUntilSignal(folder, corpus, pieces, "KILL");
    Cli terminated = runUntilSignal(folder, corpus, pieces, "TERM");
    Cli killedAgain = runUntilSignal(folder, corpus, pieces, "KILL");
    Cli finished = JavaProcess.run(folder, ablate(corpus, pieces, "--resume"));

    assertThat(killed.code()).isEqualTo(137);
    assertThat(terminated.code()).isEqualTo(143);
    assertThat(terminated.err())
        .endsWith(
            "ser: interrupted; the state is kept, go on with --resume" + System.lineSeparator());
    assertThat(killedAgain.code()).isEqualTo(137);
    assertThat(finished.code()).as(finished.err()).isZero();
    for (String table : List.of("ablation.md", "ablation.json")) {
      assertThat(pieces.resolve(table)).hasSameBinaryContentAs(whole.resolve(table));
    }
    String weights = "fa+ca/seed-2/fold-2/model/weights.safetensors";
    assertThat(pieces.resolve(weights)).hasSameBinaryContentAs(whole.resolve(weights));
  }
}
