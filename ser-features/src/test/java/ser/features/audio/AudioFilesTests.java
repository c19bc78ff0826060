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
    String convert = "convert it: ffmpeg -i speech.wav -ac 1 -ar 16000 speech-16k.wav";
    String add = "add ser-audio-codecs to the class path to read it, or " + convert;
    String addBoth =
        "add ser-audio-codecs and javazoom:jlayer to the class path to read it, or " + convert;
    String expected = "expected WAV or FLAC audio, " + convert;
    String none = "expected WAV or FLAC audio";
    String ogg = "OggS\0\u0002" + "\0".repeat(20) + "\u0001\u001e";
    return Stream.of(
        Arguments.of("ID3\u0004\u0000\u0000\u0000\u0000\u0000\u0000", "MP3 audio", addBoth),
        Arguments.of("\u00ff\u00fb\u0090d", "MP3 audio", addBoth),
        Arguments.of("\u00ff\u00f1P\u0080", "AAC audio", add),
        Arguments.of(ogg + "\u0001vorbis", "Ogg Vorbis audio", add),
        Arguments.of(ogg + "OpusHead", "Ogg Opus audio", add),
        Arguments.of(ogg + "Speex   ", "Ogg audio or video, neither Vorbis nor Opus", expected),
        Arguments.of("\u0000\u0000\u0000 ftypM4A ", "MP4 or M4A audio or video", add),
        Arguments.of("FORM\u0000\u0000\u0000\u0000AIFF", "AIFF audio", expected),
        Arguments.of("FORM\u0000\u0000\u0000\u0000ILBM", "an IFF file that is not AIFF", none),
        Arguments.of("RIFF\u0000\u0000\u0000\u0000AVI ", "a RIFF file that is not WAV", expected),
        Arguments.of("RIFX\u0000\u0000\u0000\u0000WAVE", "big-endian WAV audio (RIFX)", expected),
        Arguments.of("NIST_1A", "NIST SPHERE audio", expected),
        Arguments.of("#!AMR\n", "AMR audio", expected),
        Arguments.of("0&\u00b2u", "Windows Media audio", expected),
        Arguments.of("caff", "Core Audio (CAF)", expected),
        Arguments.of("\u001aE\u00df\u00a3", "Matroska or WebM audio or video", expected),
        Arguments.of("PK\u0003\u0004", "a ZIP archive", none),
        Arguments.of("hello this is a text", "text", none),
        Arguments.of("\u0001\u0002\u0003\u0004\u0005\u0006\u0007", "of an unknown format", none),
        Arguments.of(
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 72862\n",
            "a git-lfs pointer, which stands for a file that was not downloaded",
            "get the file with: git lfs pull"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("otherFormats")
  void otherFormatsAreNamedWithTheRemedy(String start, String description, String remedy) {
    byte[] bytes = start.getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> AudioFiles.read(bytes, "speech.wav"))
        .isInstanceOf(AudioException.class)
        .hasMessage("speech.wav: seems to be " + description + "; " + remedy);
  }

  @Test
  void theCommandQuotesTheFilesName() {
    assertThatThrownBy(
            () -> AudioFiles.read("caff".getBytes(StandardCharsets.US_ASCII), "a b's.caf"))
        .hasMessageEndingWith(
            "convert it: ffmpeg -i 'a b'\\''s.caf' -ac 1 -ar 16000 'a b'\\''s.wav'");
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
        .hasMessage(folder + ": is a directory; expected an audio file");
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
