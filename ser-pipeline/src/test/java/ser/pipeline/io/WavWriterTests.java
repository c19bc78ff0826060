package ser.pipeline.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;

class WavWriterTests {
  private final Path folder;

  WavWriterTests(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void sixteenBitAudioSurvivesWritingAndReading() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    float[] samples = new float[20_001];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextInt(-32768, 32768) / 32768f;
    }
    AudioClip clip = AudioClip.of(samples, 44_100);
    Path path = folder.resolve("a.wav");

    WavWriter.write(path, clip);

    assertThat(AudioFiles.read(path)).isEqualTo(clip);
    assertThat(Files.size(path)).isEqualTo(44 + 2 * 20_001);
  }

  @Test
  void samplesBeyondFullScaleAreClipped() {
    Path path = folder.resolve("a.wav");

    WavWriter.write(path, AudioClip.of(new float[] {2, -2, 100}, 16_000));

    assertThat(AudioFiles.read(path).samples()).containsExactly(32767 / 32768f, -1, 32767 / 32768f);
  }

  @Test
  void anExistingFileIsReplacedAndNothingElseIsLeft() throws IOException {
    Path path = Files.writeString(folder.resolve("a.wav"), "old");

    WavWriter.write(path, AudioClip.of(new float[10], 16_000));

    assertThat(AudioFiles.read(path).samples()).hasSize(10);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(path);
    }
  }

  @Test
  void aFolderThatIsMissingOrInTheWayIsNamed() {
    AudioClip clip = AudioClip.of(new float[10], 16_000);

    assertThatThrownBy(() -> WavWriter.write(folder.resolve("no/a.wav"), clip))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> WavWriter.write(folder, clip))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("it is a directory");
  }
}
