package ser.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.SerException;

class PeerTests {
  @TempDir private Path scratch = Path.of("");

  /** Skipped, visibly, where Python has no PyTorch. */
  @Test
  void pythonGivesTheSameProbabilities() {
    Bench bench = bench();
    Optional<String> missing = missingPython();
    Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    List<String> options =
        List.of(
            "--model",
            bench.model().toString(),
            "--clips",
            bench.clips().toString(),
            "--threads",
            "1",
            "--figures",
            "answers");

    Map<String, double[]> ours =
        PeerProcess.java(JavaPeer.class, List.of(), options).run().answers();
    Map<String, double[]> theirs = PythonSection.python(bench, options).run().answers();

    assertThat(ours).hasSize(8);
    assertThat(PythonSection.largestDifference(ours, theirs)).isLessThan(1e-4);
  }

  @Test
  void otherAnswersAreNotCompared() {
    Map<String, double[]> ours = Map.of("a.wav", new double[] {0.25, 0.75});

    assertThatThrownBy(
            () -> PythonSection.largestDifference(ours, Map.of("a.wav", new double[] {0.26, 0.74})))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("differ by 1.0e-02");
    assertThatThrownBy(() -> PythonSection.largestDifference(ours, Map.of()))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("other clips");
  }

  @Test
  void aFailedProcessIsReportedWithItsReason() {
    PeerProcess peer =
        new PeerProcess("peer", List.of("sh", "-c", "echo no luck >&2; exit 3"), Map.of());

    assertThatThrownBy(peer::run)
        .isInstanceOf(SerException.class)
        .hasMessage("peer failed with exit code 3: no luck");
  }

  @Test
  void figuresSettingsAndAnswersAreDistinguished() {
    PeerProcess.Run run =
        new PeerProcess.Run(
            1,
            0,
            List.of(
                "{\"setting\": \"torch\", \"value\": \"2.7\"}",
                "a warning",
                "{\"figure\": \"latency\", \"value\": 2.5}",
                "{\"file\": \"a.wav\", \"probabilities\": [0.5, 0.5]}"));

    assertThat(run.settings()).containsExactly(Map.entry("torch", "2.7"));
    assertThat(run.figures()).containsExactly(Map.entry("latency", 2.5));
    assertThat(run.answers()).containsOnlyKeys("a.wav");
  }

  private Bench bench() {
    return new Bench(
        Path.of(""), scratch, Optional.empty(), 1, 1, new PrintWriter(PrintWriter.nullWriter()));
  }

  private static Optional<String> missingPython() {
    try {
      Python.interpreter();
      return Optional.empty();
    } catch (SerException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
