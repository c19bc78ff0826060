package ser.pipeline.pretrained;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.features.audio.AudioClip;
import ser.features.dsp.FeatureMatrix;

class CachedEncoderTests {
  private final StubEncoder encoder = new StubEncoder('a');
  private final Path folder;

  CachedEncoderTests(@TempDir Path folder) {
    this.folder = folder;
  }

  private static AudioClip clip(int seed) {
    float[] samples = new float[4000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) Math.sin(0.01 * seed * i);
    }
    return AudioClip.of(samples, 16_000);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Test
  void aClipIsEncodedOnceForAllProcesses() throws IOException {
    FeatureMatrix expected = new StubEncoder('a').encode(clip(1));
    assertThat(CachedEncoder.of(encoder, folder).encode(clip(1))).isEqualTo(expected);
    assertThat(CachedEncoder.of(encoder, folder).encode(clip(1))).isEqualTo(expected);
    assertThat(encoder.calls()).isEqualTo(1);
    CachedEncoder.of(encoder, folder).encode(clip(2));
    assertThat(encoder.calls()).isEqualTo(2);
    CachedEncoder.of(new StubEncoder('b'), folder).encode(clip(1));
    assertThat(files()).hasSize(3);
  }

  @Test
  void aFileThatIsNotWhatWasWrittenIsComputedAnew() throws IOException {
    CachedEncoder cached = CachedEncoder.of(encoder, folder);
    FeatureMatrix expected = cached.encode(clip(1));
    Path file = files().get(0);
    byte[] bytes = Files.readAllBytes(file);
    byte[] flipped = bytes.clone();
    flipped[40] ^= 1;
    byte[] version = bytes.clone();
    version[0] ^= 2;
    byte[] huge = bytes.clone();
    Arrays.fill(huge, 8, 12, (byte) 0x7f);
    for (byte[] damaged :
        List.of(new byte[0], Arrays.copyOf(bytes, bytes.length - 1), flipped, version, huge)) {
      Files.write(file, damaged);
      int calls = encoder.calls();
      assertThat(cached.encode(clip(1))).isEqualTo(expected);
      assertThat(encoder.calls()).isEqualTo(calls + 1);
      assertThat(file).hasBinaryContent(bytes);
    }
    assertThat(cached.failure()).isEmpty();
  }

  @Test
  void withoutAFolderItGoesOnAndSaysSo() throws IOException {
    CachedEncoder cached = CachedEncoder.of(encoder, folder);
    Path own = folder.resolve("a".repeat(16));
    Files.delete(own);
    Files.writeString(own, "a file where the folder was");
    assertThat(cached.encode(clip(1))).isEqualTo(new StubEncoder('a').encode(clip(1)));
    assertThat(cached.failure().orElseThrow()).contains(own.toString()).doesNotContain("\n");
  }
}
