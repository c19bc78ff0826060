package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import ser.api.EmotionRecognizer;
import ser.cli.BundledFiles;
import ser.cli.Cli;

class DemoCommandTests {
  @Test
  void classifiesEachBundledClipAndDrawsItsAmplitudeAndAttention() {
    Cli cli = Cli.run("demo").succeeds();

    assertThat(cli.out()).startsWith("8 clips").contains("RAVDESS (CC BY-NC-SA 4.0)");
    List<String> lines = cli.outLines();
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(BundledFiles.model())) {
      for (Path clip : BundledFiles.clips()) {
        String label = recognizer.recognize(clip).label();
        assertThat(lines)
            .filteredOn(line -> line.startsWith(String.valueOf(clip.getFileName())))
            .singleElement()
            .asString()
            .satisfies(
                line ->
                    assertThat(line.split(" " + label + " ", -1))
                        .as("predicted on both")
                        .hasSizeGreaterThanOrEqualTo(3));
      }
    }
    assertThat(lines)
        .filteredOn(line -> line.startsWith("Between djl and dl4j, probabilities differ by"))
        .singleElement()
        .asString()
        .containsPattern(
            "at most \\d\\.\\de-0[5-9], attention per step by at most \\d\\.\\de-(0[5-9]|1\\d)");
    List<String> amplitudes = lines.stream().filter(line -> line.contains(" amplitude |")).toList();
    List<String> attentions = lines.stream().filter(line -> line.contains(" attention |")).toList();
    assertThat(amplitudes).hasSize(8).allSatisfy(line -> assertThat(line).contains("█"));
    assertThat(attentions).hasSize(8).allSatisfy(line -> assertThat(line).contains("█"));
    for (int i = 0; i < 8; i++) {
      assertThat(attentions.get(i)).as("one scale").hasSameSizeAs(amplitudes.get(i));
    }
  }
}
