package ser.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BenchCommandTests {
  @Test
  void everyRowHasAMedianForEachBackend() {
    Cli result = Cli.run("bench", "--rounds", "1", "--threads", "1").succeeds();
    assertThat(result.outLines()).hasSize(5);
    assertThat(result.outLines().get(0)).contains("median of 1").contains("djl");
    assertThat(result.outLines().subList(1, 5)).allMatch(row -> row.matches(".*frames +\\d.*"));
    assertThat(result.outLines().get(4)).startsWith("training step, 16 × ");
  }

  @Test
  void noRoundsAreRefused() {
    Cli.run("bench", "--rounds", "0").failsSaying("--rounds: found 0, expected 1 or more");
  }
}
