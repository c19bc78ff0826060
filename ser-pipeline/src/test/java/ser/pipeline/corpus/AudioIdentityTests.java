package ser.pipeline.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.AudioException;
import ser.features.audio.AudioClip;
import ser.pipeline.recognition.Sounds;

class AudioIdentityTests {
  private final AudioIdentity identity = new AudioIdentity();
  private final Path folder;

  AudioIdentityTests(@TempDir Path folder) {
    this.folder = folder;
  }

  private static Utterance utterance(Path file) {
    return Utterance.of("made-up", file.toString(), file, "sad", "anna");
  }

  private String digest(Path file) {
    return identity.of(utterance(file)).digest();
  }

  @Test
  void theSameSamplesUnderTwoNamesAreOneRecording() {
    Path a = WavFiles.write(folder.resolve("a.wav"), 1, 2, 3);
    Path b = WavFiles.write(folder.resolve("b.wav"), 1, 2, 3);
    assertThat(digest(a)).isEqualTo(digest(b)).hasSize(64);
  }

  @Test
  void oneDifferentSampleIsAnotherRecording() {
    Path a = WavFiles.write(folder.resolve("a.wav"), 1, 2, 3);
    Path b = WavFiles.write(folder.resolve("b.wav"), 1, 2, 4);
    assertThat(digest(a)).isNotEqualTo(digest(b));
  }

  @Test
  void tagsDoNotMakeARecordingAnother() {
    Path plain = WavFiles.write(folder.resolve("plain.wav"), 1, 2, 3);
    Path tagged = WavFiles.write(folder.resolve("tagged.wav"), "made in a studio!", 1, 2, 3);
    assertThat(digest(plain)).isEqualTo(digest(tagged));
  }

  @Test
  void theSameSamplesAtAnotherRateAreAnotherRecording() {
    float[] samples = Sounds.voice(3, 180, 0.5, 16_000);
    assertThat(AudioIdentity.of(AudioClip.of(samples, 16_000)).digest())
        .isNotEqualTo(AudioIdentity.of(AudioClip.of(samples, 8_000)).digest());
  }

  @Test
  void theEncodingDoesNotMakeARecordingAnother() {
    int[] samples = new int[20_000];
    float[] floats = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (i * 7919) % 65_536 - 32_768;
      floats[i] = samples[i] / 32_768f;
    }
    Path integers = WavFiles.write(folder.resolve("integers.wav"), samples);
    Path flac = FlacFiles.write(folder.resolve("same.flac"), samples);
    Path twoEqualChannels = Sounds.writeFloats(folder.resolve("floats.wav"), floats, 16_000, 2);
    assertThat(digest(integers)).isEqualTo(digest(flac)).isEqualTo(digest(twoEqualChannels));
  }

  @Test
  void aSegmentIsTheRecordingOfItsSamplesAlone() {
    int[] whole = new int[16_000];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (i * 7919) % 20_011;
    }
    Utterance file = utterance(WavFiles.write(folder.resolve("whole.wav"), whole));
    Path cut = WavFiles.write(folder.resolve("cut.wav"), Arrays.copyOfRange(whole, 4_000, 12_000));
    Utterance first = file.withSegment(Optional.of(new Segment(0.25, OptionalDouble.of(0.75))));
    Utterance second = file.withSegment(Optional.of(new Segment(0.5, OptionalDouble.empty())));
    assertThat(identity.of(first).digest())
        .isEqualTo(digest(cut))
        .isNotEqualTo(identity.of(second).digest())
        .isNotEqualTo(identity.of(file).digest());
  }

  @Test
  void aFileIsReadOnce() throws Exception {
    Path file = WavFiles.write(folder.resolve("a.wav"), 1, 2, 3);
    String before = digest(file);
    Files.delete(file);
    assertThat(digest(file)).isEqualTo(before);
  }

  @Test
  void anUnreadableFileIsNamed() {
    Path missing = folder.resolve("missing.wav");
    assertThatThrownBy(() -> digest(missing))
        .isInstanceOf(AudioException.class)
        .hasMessage(missing + ": no such file");
  }
}
