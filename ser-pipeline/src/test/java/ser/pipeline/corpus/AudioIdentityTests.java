package ser.pipeline.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AudioIdentityTests {
  private final AudioIdentity identity = new AudioIdentity();
  private final Path folder;

  AudioIdentityTests(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void theSameSamplesUnderTwoNamesAreOneRecording() {
    Path a = WavFiles.write(folder.resolve("a.wav"), 1, 2, 3);
    Path b = WavFiles.write(folder.resolve("b.wav"), 1, 2, 3);
    assertThat(identity.of(a)).isEqualTo(identity.of(b)).hasSize(64);
  }

  @Test
  void oneDifferentSampleIsAnotherRecording() {
    Path a = WavFiles.write(folder.resolve("a.wav"), 1, 2, 3);
    Path b = WavFiles.write(folder.resolve("b.wav"), 1, 2, 4);
    assertThat(identity.of(a)).isNotEqualTo(identity.of(b));
  }

  @Test
  void tagsDoNotMakeARecordingAnother() {
    Path plain = WavFiles.write(folder.resolve("plain.wav"), 1, 2, 3);
    Path tagged = WavFiles.write(folder.resolve("tagged.wav"), "made in a studio!", 1, 2, 3);
    assertThat(identity.of(plain)).isEqualTo(identity.of(tagged));
  }

  @Test
  void filesOtherThanWavAreComparedByAllTheirBytes() {
    Path a = bytes("a.flac", "fLaC...");
    Path b = bytes("b.flac", "fLaC...");
    Path c = bytes("c.flac", "fLaC..!");
    Path cut = bytes("cut.wav", "RIFF");
    assertThat(identity.of(a)).isEqualTo(identity.of(b));
    assertThat(identity.of(a)).isNotEqualTo(identity.of(c));
    assertThat(identity.of(cut)).isNotEqualTo(identity.of(a));
  }

  @Test
  void aFileIsReadOnce() throws Exception {
    Path file = WavFiles.write(folder.resolve("a.wav"), 1, 2, 3);
    String before = identity.of(file);
    Files.delete(file);
    assertThat(identity.of(file)).isEqualTo(before);
  }

  @Test
  void anUnreadableFileIsNamed() {
    Path missing = folder.resolve("missing.wav");
    assertThatThrownBy(() -> identity.of(missing))
        .isInstanceOf(CorpusException.class)
        .hasMessageStartingWith(missing + " cannot be read");
  }

  private Path bytes(String name, String content) {
    return WavFiles.writeBytes(folder.resolve(name), content.getBytes(StandardCharsets.US_ASCII));
  }
}
