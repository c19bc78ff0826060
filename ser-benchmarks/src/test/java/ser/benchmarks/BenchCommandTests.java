package ser.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTests {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return BenchCommand.run(new PrintWriter(out), new PrintWriter(err), arguments);
  }

  @Test
  void helpNamesTheSectionsAndFitsATerminal() {
    assertThat(run("bench", "--help")).isZero();
    assertThat(out.toString())
        .startsWith("Usage: ser bench")
        .contains("attention", "backends", "python", "roofline", "features", "long", "start");
    assertThat(out.toString().lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --only speed          | ser: --only: found 'speed', expected some of attention, backends
          --rounds 0            | ser: --rounds and --threads: found 0 and
          --corpus ravdess:none | ser: --corpus: found 'ravdess:none', expected ravdess: and a folder
          """)
  void impossibleRequestsAreReported(String line, String message) {
    assertThat(run(line.split(" ", -1))).isEqualTo(1);
    assertThat(err.toString()).startsWith(message);
    assertThat(out.toString()).isEmpty();
  }
}
