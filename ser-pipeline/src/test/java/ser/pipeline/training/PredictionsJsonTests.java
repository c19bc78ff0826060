package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.api.SerException;

class PredictionsJsonTests {
  private static final String WHOLE =
      """
      {"format": "speech-emotion-predictions", "version": 2, "fold": 1, "labels": ["calm", "sad"],
       "predictions": [{"utterance": "a", "speaker": "anna", "truth": 0, "probabilities": [0.25, 0.75]}],
       "seconds": 2.5}
      """;

  private final Path file;

  PredictionsJsonTests(@TempDir Path folder) {
    this.file = folder.resolve("predictions.json");
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Files.writeString(file, WHOLE);
    assertThat(PredictionsJson.read(file).fold()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"fold\": 1 | \"fold\": \"1\" | fold: found \"1\"; expected a whole number",
        "\"fold\": 1 | \"fold\": 1.5 | fold: found 1.5; expected a whole number",
        "\"fold\": 1, | | the key 'fold' is missing",
        "\"truth\": 0 | \"truth\": 0.5 | predictions.truth: found 0.5; expected a whole number",
        "\"anna\" | 3 | predictions.speaker: found 3; expected a text",
        "0.75 | \"0.75\" | predictions.probabilities: found \"0.75\"; expected a number",
        "0.75 | null | probabilities",
        "0.75 | 7.5 | a probability is 7.5, expected 0 to 1",
        "0.75 | -0.75 | a probability is -0.75, expected 0 to 1",
        "0.75 | 1e400 | a probability is Infinity, expected 0 to 1",
        "0.75 | 0.5 | the sum of its probabilities is 0.75, expected 1",
        "\"labels\": [\"calm\", \"sad\"] | \"labels\": [\"calm\"] | the labels are [calm], expected two or more that differ",
        "\"labels\": [\"calm\", \"sad\"] | \"labels\": [\"sad\", \"sad\"] | the labels are [sad, sad], expected two or more",
        "\"labels\": [\"calm\", \"sad\"] | \"labels\": [\"a\", \"b\", \"c\"] | truth 0 and 2 probabilities, where there are 3 labels",
        "\"truth\": 0 | \"truth\": 2 | truth 2 and 2 probabilities, where there are 2 labels",
        "\"seconds\": 2.5 | \"seconds\": -1e308 | seconds is -1.0E308, expected 0 or more",
        "\"seconds\": 2.5 | \"seconds\": \"2.5\" | seconds: found \"2.5\"; expected a number",
      })
  void aValueOfAnotherTypeIsNeverConverted(String part, String other, String reason)
      throws IOException {
    Files.writeString(file, WHOLE.replace(part, other == null ? "" : other));
    assertThatThrownBy(() -> PredictionsJson.read(file))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(file + ": cannot be read (")
        .hasMessageContaining(reason)
        .hasMessageEndingWith("delete it to test the fold again")
        .hasMessageNotContaining("\n");
  }
}
