package ser.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

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

/** Training that is interrupted, by Ctrl-C and by kill. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no signals to send")
class InterruptionLaunchTests {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int EPOCHS = 40;

  private static List<String> train(Path corpus, Path out, String... more) {
    String[] arguments = {
      "train",
      "--corpus",
      "csv:" + corpus,
      "--protocol",
      "loso",
      "--folds",
      "1",
      "--epochs",
      Integer.toString(EPOCHS),
      "--out",
      out.toString()
    };
    return Layout.CLASS_PATH.ser(
        Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new));
  }

  /** Starts or resumes a run, and ends it by a signal once it has got further. */
  private static Cli runUntilSignal(Path folder, Path corpus, Path out, String signal)
      throws IOException, InterruptedException {
    long before = epochs(out);
    try (JavaProcess process =
        JavaProcess.start(folder, Map.of(), train(corpus, out, "--resume"))) {
      Instant deadline = Instant.now().plus(PATIENCE);
      while (epochs(out) <= before) {
        assertThat(process.endsWithin(Duration.ofMillis(10))).as("the run gets on").isFalse();
        assertThat(Instant.now()).isBefore(deadline);
      }
      String pid = Long.toString(process.pid());
      assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
      return process.end();
    }
  }

  private static long epochs(Path out) throws IOException {
    Path log = out.resolve("fold-1/log.csv");
    return Files.exists(log) ? Files.readAllLines(log).size() - 1 : 0;
  }

  @Test
  void aRunThatWasInterruptedTwiceEndsInTheSameModel(@TempDir Path folder) throws Exception {
    assumeThat(interruptsAreIgnored()).as("SIGINT reaches nobody here").isFalse();
    Path corpus = ToneCorpus.write(folder);
    Path whole = folder.resolve("whole");
    Path pieces = folder.resolve("pieces");
    Cli uninterrupted = JavaProcess.run(folder, train(corpus, whole));
    assertThat(uninterrupted.code()).as(uninterrupted.err()).isZero();

    Cli interrupted = runUntilSignal(folder, corpus, pieces, "INT");
    Cli terminated = runUntilSignal(folder, corpus, pieces, "TERM");
    Cli finished = JavaProcess.run(folder, train(corpus, pieces, "--resume"));

    assertThat(interrupted.err()).endsWith(message());
    assertThat(interrupted.code()).isEqualTo(130);
    assertThat(terminated.err()).endsWith(message());
    assertThat(terminated.code()).isEqualTo(143);
    assertThat(finished.code()).as(finished.err()).isZero();
    assertThat(finished.out()).isEqualTo(uninterrupted.out());
    assertThat(epochs(pieces)).isEqualTo(EPOCHS);
    String weights = "fold-1/model/weights.safetensors";
    assertThat(pieces.resolve(weights)).hasSameBinaryContentAs(whole.resolve(weights));
  }

  private static String message() {
    return "ser: interrupted; the state is kept, go on with --resume" + System.lineSeparator();
  }

  /** Shells make what they start in the background, and so all below, ignore SIGINT. */
  private static boolean interruptsAreIgnored() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    int interrupt = 1 << (2 - 1);
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .anyMatch(line -> (Long.parseUnsignedLong(line.split("\\s+", -1)[1], 16) & interrupt) != 0);
  }
}
