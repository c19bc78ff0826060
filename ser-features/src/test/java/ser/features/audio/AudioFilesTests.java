package ser.features.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.AudioException;

class AudioFilesTests {
  private final Path folder;

  AudioFilesTests(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void theFormatIsKnownByTheContentAndNotByTheName() throws IOException {
    Path wav = Files.write(folder.resolve("a.flac"), WavBytes.valid());
    Path flac = Files.write(folder.resolve("b.wav"), FlacReadingTests.resource("mono8.flac"));
    Path nameless = Files.write(folder.resolve("c"), WavBytes.valid());

    assertThat(AudioFiles.read(wav).samples()).hasSize(16);
    assertThat(AudioFiles.read(flac).samples()).hasSize(2000);
    assertThat(AudioFiles.read(nameless)).isEqualTo(AudioFiles.read(wav));
  }

  @Test
  void streamsAndArraysGiveWhatTheFileGives() throws IOException {
    byte[] bytes = FlacReadingTests.resource("stereo16.wav");
    AudioClip clip = AudioFiles.read(Files.write(folder.resolve("a.wav"), bytes));

    assertThat(AudioFiles.read(bytes, "a")).isEqualTo(clip);
    assertThat(AudioFiles.read(new ByteArrayInputStream(bytes), "a")).isEqualTo(clip);
  }

  @Test
  void aFileIsResampledOnRequest() throws IOException {
    Path path = Files.write(folder.resolve("a.wav"), FlacReadingTests.resource("mono24.wav"));

    AudioClip clip = AudioFiles.read(path, 16_000);

    assertThat(clip.sampleRate()).isEqualTo(16_000);
    assertThat(clip.samples()).hasSize(726); // 2000 samples at 44.1 kHz
  }

  static Stream<Arguments> otherFormats() {
    return Stream.of(
        Arguments.of("ID3\u0004\u0000\u0000\u0000\u0000\u0000\u0000", "MP3 audio"),
        Arguments.of("\u00ff\u00fb\u0090d", "MP3 audio"),
        Arguments.of("\u00ff\u00f1P\u0080", "AAC audio"),
        Arguments.of("OggS\u0000\u0002", "Ogg audio"),
        Arguments.of("\u0000\u0000\u0000 ftypM4A ", "M4A audio"),
        Arguments.of("FORM\u0000\u0000\u0000\u0000AIFF", "AIFF audio"),
        Arguments.of("RIFF\u0000\u0000\u0000\u0000AVI ", "a RIFF file that is not WAV"),
        Arguments.of("RIFX\u0000\u0000\u0000\u0000WAVE", "big-endian WAV"),
        Arguments.of("NIST_1A", "NIST SPHERE audio"),
        Arguments.of("PK\u0003\u0004", "a ZIP archive"),
        Arguments.of("hello this is a text", "text"),
        Arguments.of("\u0001\u0002\u0003\u0004\u0005\u0006\u0007", "of an unknown format"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("otherFormats")
  void otherFormatsAreNamed(String start, String description) {
    byte[] bytes = start.getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> AudioFiles.read(bytes, "speech.wav"))
        .isInstanceOf(AudioException.class)
        .hasMessageStartingWith("speech.wav: seems to be ")
        .hasMessageContaining(description)
        .hasMessageEndingWith("; expected WAV or FLAC audio");
  }

  @Test
  void anEmptyFileIsNamed() {
    assertThatThrownBy(() -> AudioFiles.read(new byte[0], "x.wav"))
        .isInstanceOf(AudioException.class)
        .hasMessage("x.wav: an empty file; expected WAV or FLAC audio");
  }

  @Test
  void aMissingFileADirectoryAndADanglingLinkAreNamed() throws IOException {
    Path missing = folder.resolve("no.wav");
    Path link = Files.createSymbolicLink(folder.resolve("link.wav"), missing);

    assertThatThrownBy(() -> AudioFiles.read(missing))
        .isInstanceOf(AudioException.class)
        .hasMessage(missing + ": no such file");
    assertThatThrownBy(() -> AudioFiles.read(folder))
        .isInstanceOf(AudioException.class)
        .hasMessage(folder + ": is a directory; expected a WAV or FLAC file");
    assertThatThrownBy(() -> AudioFiles.read(link))
        .isInstanceOf(AudioException.class)
        .hasMessage(link + ": a symbolic link to a file that does not exist");
  }

  @Test
  void aLinkToAFileIsFollowed() throws IOException {
    Path file = Files.write(folder.resolve("a.wav"), WavBytes.valid());
    Path link = Files.createSymbolicLink(folder.resolve("link.wav"), file);

    assertThat(AudioFiles.read(link)).isEqualTo(AudioFiles.read(file));
  }

  @Test
  void aFileThatMayNotBeReadIsNamed() throws IOException {
    Path file = Files.write(folder.resolve("a.wav"), WavBytes.valid());
    assumeTrue(file.toFile().setReadable(false) && !Files.isReadable(file), "not for root");

    assertThatThrownBy(() -> AudioFiles.read(file))
        .isInstanceOf(AudioException.class)
        .hasMessage(file + ": no permission to read it");
  }

  @Test
  void aDeviceIsNotRead() {
    Path device = Path.of("/dev/zero");
    assumeTrue(Files.exists(device), "no such device here");

    assertThatThrownBy(() -> AudioFiles.read(device))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("a device or pipe");
  }

  @Test
  void aStreamThatFailsIsAnAudioError() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the line went dead");
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            return read();
          }
        };

    assertThatThrownBy(() -> AudioFiles.read(broken, "line"))
        .isInstanceOf(AudioException.class)
        .hasMessage("line: cannot be read, the line went dead");
  }

  @Test
  void messagesStayOnOneLine() {
    assertThatThrownBy(() -> AudioFiles.read(new byte[0], "two\nlines"))
        .hasMessageStartingWith("two\\u000alines: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.wav", "a.WAV", "dir.x/a.wave", "a.b.flac"})
  void audioIsKnownByItsExtension(String name) {
    assertThat(AudioFiles.isAudio(Path.of(name))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp3", "wav", ".wav", "._a.wav", "a.wav/b", "/", "a.wav.txt"})
  void otherNamesAreNotAudio(String name) {
    assertThat(AudioFiles.isAudio(Path.of(name))).isFalse();
  }
}
