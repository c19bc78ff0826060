package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.api.ModelException;
import ser.api.SerException;
import ser.graph.tensor.Tensor;
import ser.graph.training.TrainingState;

class CheckpointTests {
  private final Path file;
  private final Checkpoint checkpoint;

  CheckpointTests(@TempDir Path folder) {
    this.file = folder.resolve("checkpoint.safetensors");
    this.checkpoint = new Checkpoint(file, "this run", () -> "an earlier run", "one");
  }

  private static TrainingState state(long step, float value) {
    return new TrainingState(
        step,
        Map.of("w", Tensor.of(new float[] {value, 2}, 2), "mean", Tensor.of(new float[] {3}, 1)),
        Map.of("w", Tensor.of(new float[] {4, 5}, 2), "mean", Tensor.of(new float[] {6}, 1)),
        Map.of("w", Tensor.of(new float[] {7, -0f}, 2)),
        Map.of("w", Tensor.of(new float[] {Float.MIN_VALUE, 9}, 2)));
  }

  @Test
  void thereIsNoneAtFirst() {
    assertThat(checkpoint.read(state(0, 0))).isEmpty();
  }

  @Test
  void aLinkToNothingIsNotTakenForNone() throws IOException {
    Files.createSymbolicLink(file, file.resolveSibling("none"));
    assertThatThrownBy(() -> checkpoint.read(state(0, 0)))
        .isInstanceOf(ModelException.class)
        .hasMessage(file + ": is a symbolic link to a file that does not exist");
  }

  @Test
  void aStateIsReadBackToTheBit() {
    checkpoint.write(state(41, 1));
    assertThat(checkpoint.read(state(0, 0))).contains(state(41, 1));
  }

  @Test
  void allBackendsThatTookPartAreRemembered() {
    assertThat(checkpoint.backends()).containsExactly("one");
    checkpoint.write(state(41, 1));
    Checkpoint second = new Checkpoint(file, "this run", () -> "an earlier run", "two");
    second.read(state(0, 0));
    assertThat(second.backends()).containsExactly("one", "two");
    second.write(state(42, 1));
    Checkpoint again = new Checkpoint(file, "this run", () -> "an earlier run", "one");
    again.read(state(0, 0));
    assertThat(again.backends()).containsExactly("one", "two");
  }

  @Test
  void aStateThatDoesNotNameItsBackendsIsNotAscribedToThePresentOne() throws IOException {
    checkpoint.write(state(41, 1));
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    // One of version 3, before the digest covered the metadata.
    Files.writeString(
        file,
        text.replace("\"backends\"", "\"whatever\"")
            .replace("\"version\":\"4\"", "\"version\":\"3\"")
            .replace("\"sha256\"", "\"before\""),
        StandardCharsets.ISO_8859_1);
    Checkpoint second = new Checkpoint(file, "this run", () -> "an earlier run", "two");
    second.read(state(0, 0));
    assertThat(second.backends()).containsExactly("unknown", "two");
  }

  @ParameterizedTest
  @CsvSource({"'\"step\":\"41\"', '\"step\":\"99\"'", "'\"one\"', '\"two\"'"})
  void alteredMetadataIsNoticed(String part, String other) throws IOException {
    checkpoint.write(state(41, 1));
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertThat(text).contains(part);
    Files.writeString(file, text.replace(part, other), StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> checkpoint.read(state(0, 0)))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(file + ": was altered: its SHA-256 is ");
  }

  @Test
  void aLaterStateReplacesAnEarlierAndNothingElseIsLeft() throws IOException {
    checkpoint.write(state(41, 1));
    checkpoint.write(state(42, 8));
    assertThat(checkpoint.read(state(0, 0))).contains(state(42, 8));
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aWriteThatFailsLeavesTheStateBefore() {
    checkpoint.write(state(41, 1));
    TrainingState unwritable =
        new TrainingState(42, Map.of("w", Tensor.of(new long[1], 1)), Map.of(), Map.of(), Map.of());
    assertThatThrownBy(() -> checkpoint.write(unwritable)).isInstanceOf(SerException.class);
    assertThat(checkpoint.read(state(0, 0))).contains(state(41, 1));
  }

  @Test
  void anotherRunsStateIsRefusedEvenIfItsTensorsAreOthers() {
    checkpoint.write(state(41, 1));
    TrainingState other = new TrainingState(0, Map.of(), Map.of(), Map.of(), Map.of());
    for (TrainingState like : new TrainingState[] {state(0, 0), other}) {
      assertThatThrownBy(
              () -> new Checkpoint(file, "another run", () -> "this run", "one").read(like))
          .isExactlyInstanceOf(SerException.class)
          .hasMessageStartingWith(file + ": belongs to a run with other settings or other data");
    }
  }

  @Test
  void aStateThatDoesNotFitTheGraphIsRefused() {
    checkpoint.write(state(41, 1));
    TrainingState larger =
        new TrainingState(0, Map.of("w", Tensor.of(new float[3], 3)), Map.of(), Map.of(), Map.of());
    assertThatThrownBy(() -> checkpoint.read(larger))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("'weights/w' is F32[2], expected F32[3]");
  }

  @Test
  void everyTruncationAndEveryAlteredElementIsNoticed() throws IOException {
    checkpoint.write(state(41, 1));
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      requireRefusal();
    }
    int elements = 4 * (3 + 3 + 2 + 2);
    for (int i = whole.length - elements; i < whole.length; i++) {
      byte[] altered = whole.clone();
      altered[i] ^= 1;
      Files.write(file, altered);
      requireRefusal();
    }
  }

  private void requireRefusal() {
    assertThatThrownBy(() -> checkpoint.read(state(0, 0)))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageNotContaining("\n");
  }

  @Test
  void aStateOfANewerVersionIsRefused() throws IOException {
    checkpoint.write(state(41, 1));
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertThat(text).contains("\"version\":\"4\"");
    Files.writeString(
        file, text.replace("\"version\":\"4\"", "\"version\":\"5\""), StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> checkpoint.read(state(0, 0)))
        .isInstanceOf(SerException.class)
        .hasMessage(
            file
                + ": is version 5 of the format 'speech-emotion-checkpoint'; this toolkit reads version 1 to 4");
  }

  @ParameterizedTest
  @CsvSource({"xx, its step is 'xx'", "-1, its step is -1", "4., its step is '4.'"})
  void aStepThatIsNoneIsRefused(String step, String reason) throws IOException {
    checkpoint.write(state(41, 1));
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    Files.writeString(file, text.replace("\"41\"", '"' + step + '"'), StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> checkpoint.read(state(0, 0)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(reason);
  }
}
