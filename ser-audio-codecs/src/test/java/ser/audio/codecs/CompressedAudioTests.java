package ser.audio.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.AudioException;
import ser.api.ChannelSelection;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import ser.features.audio.AudioSource;

/** The files, and what ffmpeg and opusdec make of them (X.flac), come from make.sh beside them. */
class CompressedAudioTests {
  private final Path folder;

  CompressedAudioTests(@TempDir Path folder) {
    this.folder = folder;
  }

  static byte[] resource(String name) {
    try (InputStream in = CompressedAudioTests.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(String name) throws IOException {
    return Files.write(folder.resolve(name), resource(name));
  }

  /** Length: that of the clip before it was encoded, where the format keeps it. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "mono.mp3,     16000, 1,  8000, 2e-3",
    "stereo.mp3,   44100, 2, 11025, 2e-3",
    "untagged.mp3, 16000, 1,  9216, 2e-3",
    "mono.ogg,     16000, 1,  8000, 2e-4",
    "stereo.ogg,   44100, 2, 11025, 2e-4",
    "mono.opus,    48000, 1, 24000, 1e-4",
    "stereo.opus,  48000, 2, 12000, 5e-4",
    "mono.m4a,     16000, 1,  8000, 1e-4",
    "stereo.m4a,   44100, 2, 11025, 1e-4",
    "noise.m4a,    16000, 1,  8000, 2e-2",
    "mono.aac,     16000, 1,  9216, 1e-4",
    "stereo.aac,   44100, 2, 12288, 1e-4",
  })
  void everyChannelIsThatOfTheReferenceDecoder(
      String name, int rate, int channels, int length, float tolerance) throws IOException {
    Path path = file(name);
    Path reference = file(name + ".flac");

    for (int number = 1; number <= channels; number++) {
      ChannelSelection channel = ChannelSelection.channel(number);
      try (AudioSource source = AudioFiles.open(path, channel)) {
        assertThat(source.channels()).isEqualTo(channels);
        float[] samples = source.readAll().samples();
        float[] expected = AudioFiles.read(reference, channel).samples();
        assertThat(source.sampleRate()).isEqualTo(rate);
        assertThat(samples).hasSize(length);
        assertThat(source.length().orElse(length)).isEqualTo(length);
        int common = Math.min(samples.length, expected.length);
        assertThat(common).isGreaterThan(length * 9 / 10);
        float worst = 0;
        for (int i = 0; i < common; i++) {
          worst = Math.max(worst, Math.abs(samples[i] - expected[i]));
        }
        assertThat(worst).as("channel %d, largest difference", number).isLessThan(tolerance);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stereo.mp3", "stereo.ogg", "stereo.opus", "stereo.m4a", "stereo.aac"})
  void piecesMakeUpTheWhole(String name) throws IOException {
    Path path = file(name);
    float[] whole = AudioFiles.read(path).samples();
    SplittableRandom random = new SplittableRandom(1);

    try (AudioSource source = AudioFiles.open(path)) {
      float[] samples = new float[whole.length];
      for (int done = 0; done < whole.length; ) {
        done += source.read(samples, done, Math.min(whole.length - done, random.nextInt(1, 2000)));
      }
      assertThat(samples).isEqualTo(whole);
      assertThat(source.read(samples, 0, 9)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"noise.m4a", "stereo.aac"})
  void everyDecodingIsTheSameInEachThread(String name) {
    byte[] bytes = resource(name);
    AudioClip clip = AudioFiles.read(bytes, "x");

    assertThat(IntStream.range(0, 16).parallel().mapToObj(i -> AudioFiles.read(bytes, "x")))
        .allMatch(clip::equals);
  }

  @Test
  void anId3TagInFrontOfAnMp3IsSkipped() {
    byte[] mp3 = resource("mono.mp3");
    byte[] tagged = new byte[10 + 300 + mp3.length];
    System.arraycopy(new byte[] {'I', 'D', '3', 4, 0, 0, 0, 0, 2, 44}, 0, tagged, 0, 10);
    System.arraycopy(mp3, 0, tagged, 310, mp3.length);

    assertThat(AudioFiles.read(tagged, "x")).isEqualTo(AudioFiles.read(mp3, "x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mono.mp3", "mono.ogg", "mono.opus", "mono.m4a", "mono.aac"})
  void aFileCutInHalfIsRefused(String name) {
    byte[] bytes = resource(name);

    assertThatThrownBy(() -> AudioFiles.read(Arrays.copyOf(bytes, bytes.length / 2), "x"))
        .isInstanceOf(AudioException.class)
        .hasMessageStartingWith("x: a damaged ")
        .hasMessageContaining("truncated");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mono.ogg", "stereo.opus"})
  void aDamagedOggPageIsAnErrorAndNotSound(String name) {
    byte[] bytes = resource(name);
    for (int seed = 0; seed < 50; seed++) {
      byte[] damaged = bytes.clone();
      int at = new SplittableRandom(seed).nextInt(200, bytes.length);
      damaged[at] ^= (byte) (1 << seed % 8);

      assertThatThrownBy(() -> AudioFiles.read(damaged, "x"))
          .as("byte %d", at)
          .isInstanceOf(AudioException.class);
    }
  }

  @Test
  void anOggFileWithoutAMarkedEndIsReadWithANote() throws IOException {
    byte[] opus = resource("mono.opus");
    // The last page holds all audio; without it nothing would be left to read.
    int last = new String(opus, StandardCharsets.ISO_8859_1).lastIndexOf("OggS");
    opus[last + 5] &= ~4;
    writeChecksum(opus, last);
    Path path = Files.write(folder.resolve("x.opus"), opus);

    try (AudioSource source = AudioFiles.open(path)) {
      assertThat(source.readAll().samples()).hasSize(24_000);
      assertThat(source.notes())
          .containsExactly(
              "its last page is not marked as the end, the recording may be incomplete");
    }
  }

  /** Bit by bit, from the definition in RFC 3533. */
  private static void writeChecksum(byte[] file, int page) {
    Arrays.fill(file, page + 22, page + 26, (byte) 0);
    int crc = 0;
    for (int i = page; i < file.length; i++) {
      crc ^= file[i] << 24;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc << 1) ^ (crc < 0 ? 0x04c1_1db7 : 0);
      }
    }
    for (int i = 0; i < 4; i++) {
      file[page + 22 + i] = (byte) (crc >>> (8 * i));
    }
  }

  @Test
  void anotherCodecInAnMp4FileIsRefusedWithTheCommand() {
    assertThatThrownBy(() -> AudioFiles.read(resource("alac.m4a"), "x.m4a"))
        .isInstanceOf(AudioException.class)
        .hasMessage(
            "x.m4a: a damaged or unsupported M4A file, its audio is not AAC; if it plays elsewhere, "
                + "convert it: ffmpeg -i x.m4a -ac 1 -ar 16000 x.wav");
  }

  @Test
  void aTableThatAnnouncesMoreThanItsBoxHoldsIsRefused() {
    byte[] m4a = resource("mono.m4a");
    int stsz = new String(m4a, StandardCharsets.ISO_8859_1).indexOf("stsz");
    m4a[stsz + 12] = 0x7f;

    assertThatThrownBy(() -> AudioFiles.read(m4a, "x"))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("its box 'stsz' announces 21307064");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp3", "a.OGG", "a.oga", "a.opus", "a.m4a", "a.mp4", "a.aac", "a.wav"})
  void folderSearchesFindTheFormats(String name) {
    assertThat(AudioFiles.isAudio(Path.of(name))).isTrue();
  }

  @Test
  void aStereoFileIsMixed() {
    AudioClip clip = AudioFiles.read(resource("stereo.ogg"), "x");

    assertThat(clip.sampleRate()).isEqualTo(44_100);
    assertThat(clip.samples()).hasSize(11_025);
  }
}
