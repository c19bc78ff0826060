package ser.pipeline.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.AudioException;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;

class UtteranceAudioTests {
  private static final int SECONDS = 3;
  private final Path file;

  UtteranceAudioTests(@TempDir Path folder) {
    file =
        WavFiles.write(
            folder.resolve("a.wav"),
            IntStream.range(0, 16_000 * SECONDS).map(i -> i % 30_000).toArray());
  }

  private Utterance utterance(Optional<Segment> segment) {
    return Utterance.of("made-up", "a", file, "sad", "anna").withSegment(segment);
  }

  private AudioClip read(double start, OptionalDouble end) {
    return UtteranceAudio.read(utterance(Optional.of(new Segment(start, end))));
  }

  @Test
  void aWholeFileIsAsItIsRead() {
    assertThat(UtteranceAudio.read(utterance(Optional.empty()))).isEqualTo(AudioFiles.read(file));
  }

  @Test
  void aSegmentIsTheSamplesBetweenItsTimes() {
    float[] all = AudioFiles.read(file).samples();
    assertThat(read(1.25, OptionalDouble.of(2.5)).samples())
        .isEqualTo(Arrays.copyOfRange(all, 20_000, 40_000));
    assertThat(read(0, OptionalDouble.of(0.001)).samples()).isEqualTo(Arrays.copyOf(all, 16));
    assertThat(read(2.5, OptionalDouble.empty()).samples())
        .isEqualTo(Arrays.copyOfRange(all, 40_000, 48_000));
  }

  @Test
  void anEndThatIsRoundedBeyondTheFileIsItsEnd() {
    assertThat(read(2.5, OptionalDouble.of(3.05)).samples()).hasSize(8_000);
  }

  @Test
  void aSegmentOutsideTheFileIsRefused() {
    for (Segment segment :
        new Segment[] {
          new Segment(3, OptionalDouble.empty()),
          new Segment(4, OptionalDouble.of(5)),
          new Segment(1, OptionalDouble.of(3.2))
        }) {
      assertThatThrownBy(() -> UtteranceAudio.read(utterance(Optional.of(segment))))
          .isInstanceOf(AudioException.class)
          .hasMessage(
              "%s: the file is 3.000 s long; expected it to hold the segment %s"
                  .formatted(file, segment));
    }
  }
}
