package ser.features.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.AudioException;
import ser.api.SerException;

class AudioSourceTests {
  private final Path folder;

  AudioSourceTests(@TempDir Path folder) {
    this.folder = folder;
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"stereo16.wav", "mono24.wav", "stereo16.flac", "mono24.flac", "mono8.flac"})
  void piecesMakeUpTheWhole(String name) throws IOException {
    Path path = file(name, FlacReadingTests.resource(name));
    AudioClip whole = AudioFiles.read(path);
    SplittableRandom random = new SplittableRandom(1);

    try (AudioSource source = AudioFiles.open(path)) {
      assertThat(source.sampleRate()).isEqualTo(whole.sampleRate());
      assertThat(source.length()).hasValue(whole.samples().length);
      float[] samples = new float[whole.samples().length];
      for (int done = 0, count = 1; count > 0; done += count) {
        float[] piece = new float[random.nextInt(1, 2000)];
        count = source.read(piece, piece.length / 3, piece.length - piece.length / 3);
        System.arraycopy(piece, piece.length / 3, samples, done, count);
      }
      assertThat(samples).isEqualTo(whole.samples());
      assertThat(source.read(new float[9], 0, 9)).as("behind the end").isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stereo16.wav", "stereo16.flac", "mono24.flac"})
  void anInterruptedReaderIsReportedAsSuchAndNotAsADamagedFile(String name) throws IOException {
    Path path = file(name, FlacReadingTests.resource(name));
    int length = AudioFiles.read(path).samples().length;
    try (AudioSource source = AudioFiles.open(path)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(source::readAll)
          .isExactlyInstanceOf(SerException.class)
          .hasMessage(path + ": the thread was interrupted while it read this file");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(AudioFiles.read(path).samples()).hasSize(length);
  }

  @Test
  void aFlacFileThatDoesNotSayItsLengthHasNone() throws IOException {
    byte[] flac = FlacReadingTests.resource("stereo16.flac");
    flac[8 + 13] &= (byte) 0xf0; // the top four of 36 bits, then the other 32
    Arrays.fill(flac, 8 + 14, 8 + 18, (byte) 0);

    try (AudioSource source = AudioFiles.open(file("a.flac", flac))) {
      assertThat(source.length()).isEmpty();
      float[] samples = new float[7000];
      assertThat(source.read(samples, 0, 7000)).isEqualTo(6000);
    }
  }

  @Test
  void aDamagedEndIsFoundWhenItIsReached() throws IOException {
    byte[] flac = FlacReadingTests.resource("stereo16.flac");

    try (AudioSource source =
        AudioFiles.open(file("a.flac", Arrays.copyOf(flac, flac.length / 2)))) {
      assertThat(source.read(new float[2304], 0, 2304)).isEqualTo(2304);
      assertThatThrownBy(() -> source.read(new float[1], 0, 1))
          .isInstanceOf(AudioException.class)
          .hasMessageEndingWith("it announces 6000 samples and 2304 can be read");
    }
  }

  @Test
  void aDamagedHeaderIsFoundOnOpening() throws IOException {
    byte[] wav = new WavBytes().format(1, 1, 16_000, 2, 16).chunk("data", 99, new byte[8]).build();
    Path path = file("a.wav", wav);

    assertThatThrownBy(() -> AudioFiles.open(path))
        .isInstanceOf(AudioException.class)
        .hasMessage(path + ": truncated, its data chunk announces 99 bytes and 8 are present");
  }

  @Test
  void noSamplesAreFoundOnReading() throws IOException {
    WavBytes wav = new WavBytes().format(1, 1, 16_000, 2, 16).data(new byte[0]);
    Path path = file("a.wav", wav.chunk("LIST", new byte[4]).build());

    try (AudioSource source = AudioFiles.open(path)) {
      assertThatThrownBy(() -> source.read(new float[1], 0, 1))
          .isInstanceOf(AudioException.class)
          .hasMessage(path + ": no samples; expected at least one");
    }
  }

  @Test
  void samplesThatAreNotNumbersAreNamedByTheirPlaceInTheFile() throws IOException {
    WavBytes wav = new WavBytes().format(3, 1, 16_000, 4, 32);
    wav.data(12, to -> to.putFloat(0).putFloat(0).putFloat(Float.NaN));
    Path path = file("a.wav", wav.build());

    try (AudioSource source = AudioFiles.open(path)) {
      assertThat(source.read(new float[2], 0, 2)).isEqualTo(2);
      assertThatThrownBy(() -> source.read(new float[1], 0, 1))
          .isInstanceOf(AudioException.class)
          .hasMessage(path + ": sample 2 is NaN; expected finite numbers");
    }
  }

  /** A file of five billion samples, of which the disk holds the header alone. */
  private Path endless() throws IOException {
    long frames = 5_000_000_000L;
    byte[] sizes = WavBytes.littleEndian(28).putLong(0).putLong(frames).putLong(frames).array();
    byte[] header =
        new WavBytes()
            .container("RF64")
            .riffSize(0xffff_ffffL)
            .chunk("ds64", sizes)
            .format(1, 1, 16_000, 1, 8)
            .chunk("data", 0xffff_ffffL, new byte[0])
            .build();
    Path path = folder.resolve("endless.wav");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(header);
      file.setLength(header.length + frames);
    }
    return path;
  }

  @Test
  void aFileThatMemoryDoesNotHoldIsOpenedButNotReadWhole() throws IOException {
    Path path = endless();

    try (AudioSource source = AudioFiles.open(path)) {
      assertThat(source.length()).hasValue(5_000_000_000L);
      assertThat(source.read(new float[100], 0, 100)).isEqualTo(100);
    }
    assertThatThrownBy(() -> AudioFiles.read(path))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("5000000000 samples or more per channel, too many for the");
  }

  @Test
  void readingOnTakesNoMoreMemory() throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    float[] piece = new float[16_000];

    try (AudioSource source = AudioFiles.open(endless())) {
      source.read(piece, 0, piece.length);
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 300; i++) {
        source.read(piece, 0, piece.length);
      }
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
    }
  }
}
