package ser.features.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.AudioException;

/** Files as recorders, telephones and pipes leave them, of one synthesised clip. */
class RecordingCasesTests {
  private static final int FRAMES = 8000;
  private static final byte[] PCM = pcm();
  private static final float[] SAMPLES = AudioFiles.read(wav(PCM, 2 * FRAMES), "x").samples();

  private final Path folder;

  RecordingCasesTests(@TempDir Path folder) {
    this.folder = folder;
  }

  private static short level(int i) {
    return (short) Math.round(9000 * Math.sin(i * 0.05) * Math.sin(i * 0.0007));
  }

  private static byte[] pcm() {
    byte[] pcm = new byte[2 * FRAMES];
    ByteBuffer to = ByteBuffer.wrap(pcm).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < FRAMES; i++) {
      to.putShort(level(i));
    }
    return pcm;
  }

  private static WavBytes mono() {
    return new WavBytes().format(1, 1, 16_000, 2, 16);
  }

  private static byte[] wav(byte[] body, long announced) {
    return mono().chunk("data", announced, body).build();
  }

  private static byte[] wav(byte[] body, long announced, long riffSize) {
    return mono().riffSize(riffSize).chunk("data", announced, body).build();
  }

  private record Reading(AudioClip clip, List<String> notes) {}

  private Reading read(byte[] bytes) throws IOException {
    Path path = Files.write(folder.resolve("x.wav"), bytes);
    try (AudioSource source = AudioFiles.open(path)) {
      AudioClip clip = source.readAll();
      return new Reading(clip, source.notes());
    }
  }

  @ParameterizedTest(name = "data {0}, RIFF {1}")
  @CsvSource({
    "2000000000, 2000000036",
    "2000000000, 0",
    "0x7fffffff, 0x7fffffff",
    "0x80000000, 0x80000024",
    "0x80000000, 0",
    "0x7fffffdb, 0x7fffffff",
    "0xffffffdb, 0xffffffff",
    "0xffffffff, 0xffffffff",
    "0x7ffff000, 0x7ffff024",
  })
  void sizesThatWereNeverFilledInAreReadToTheEndWithANote(String data, String riff)
      throws IOException {
    Reading reading = read(wav(PCM, Long.decode(data), Long.decode(riff)));

    assertThat(reading.clip().samples()).isEqualTo(SAMPLES);
    assertThat(reading.notes())
        .containsExactly(
            "the data chunk announces %d bytes; the %d bytes to the end of the file were read"
                .formatted(Long.decode(data), PCM.length));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 28, 36, 44})
  void aSizeThatCountsTheHeaderInIsReadToTheEndWithANote(int excess) throws IOException {
    Reading reading = read(wav(PCM, PCM.length + excess));

    assertThat(reading.clip().samples()).isEqualTo(SAMPLES);
    assertThat(reading.notes()).hasSize(1);
  }

  @Test
  void aHeaderThatWasNeverFilledInIsReadToTheEndWithANote() throws IOException {
    Reading reading = read(wav(PCM, 0, 0));

    assertThat(reading.clip().samples()).isEqualTo(SAMPLES);
    assertThat(reading.notes())
        .containsExactly("the header was never filled in; all 16000 bytes behind it were read");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 28, 44, 8000, 15_999})
  void aFileThatWasCutIsRefused(int missing) {
    byte[] whole = wav(PCM, PCM.length);
    byte[] cut = Arrays.copyOf(whole, whole.length - missing);

    assertThatThrownBy(() -> read(cut))
        .isInstanceOf(AudioException.class)
        .hasMessageEndingWith(
            ": truncated, its data chunk announces 16000 bytes and %d are present"
                .formatted(16_000 - missing));
  }

  @Test
  void aLongFileThatWasCutIsRefused() {
    byte[] sizes =
        WavBytes.littleEndian(28).putLong(6_000_000_070L).putLong(6_000_000_002L).array();
    WavBytes wav = new WavBytes().container("RF64").riffSize(0xffff_ffffL).chunk("ds64", sizes);
    wav.format(1, 1, 16_000, 2, 16).chunk("data", 0xffff_ffffL, PCM);

    assertThatThrownBy(() -> read(wav.build()))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("announces 6000000002 bytes and 16000 are present");
  }

  @Test
  void allDataChunksAreReadInOrder() throws IOException {
    byte[] first = Arrays.copyOf(PCM, 6002);
    byte[] second = Arrays.copyOfRange(PCM, 6002, PCM.length);
    Reading reading = read(mono().data(first).chunk("LIST", new byte[5]).data(second).build());

    assertThat(reading.clip().samples()).isEqualTo(SAMPLES);
    assertThat(reading.notes()).containsExactly("2 data chunks were read, one after the other");
  }

  @Test
  void aCutSecondDataChunkIsRefused() {
    byte[] bytes = mono().data(PCM).data(PCM).build();

    assertThatThrownBy(() -> read(Arrays.copyOf(bytes, bytes.length - 100)))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("announces 16000 bytes and 15900 are present");
  }

  @Test
  void aFileOfTinyChunksIsRefusedSoon() throws IOException {
    byte[] header = mono().build();
    Path path = folder.resolve("tiny.wav");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(header);
      file.setLength(1L << 32);
    }

    assertThatThrownBy(() -> AudioFiles.open(path))
        .isInstanceOf(AudioException.class)
        .hasMessageEndingWith("more than 10000 chunks in a WAV file; expected a few");
  }

  /** Mu-law by G.711's definition: sign, segment of a biased magnitude, four bits within it. */
  private static byte muLaw(int level) {
    int magnitude = Math.min(Math.abs(level), 32_635) + 132;
    int segment = 31 - Integer.numberOfLeadingZeros(magnitude) - 7;
    return (byte) ~((level < 0 ? 0x80 : 0) | (segment << 4) | ((magnitude >> (segment + 3)) & 15));
  }

  /** A-law by G.711's definition, on a scale of 13 bits. */
  private static byte aLaw(int level) {
    int magnitude = Math.min(Math.abs(level) >> 3, 4095);
    int segment = Math.max(0, 31 - Integer.numberOfLeadingZeros(Math.max(1, magnitude)) - 4);
    int step = segment < 2 ? magnitude >> 1 : magnitude >> segment;
    return (byte) (((level < 0 ? 0 : 0x80) | (segment << 4) | (step & 15)) ^ 0x55);
  }

  @ParameterizedTest(name = "tag {0}, extensible: {1}")
  @CsvSource({"6, false", "6, true", "7, false", "7, true"})
  void telephoneRecordingsAreRead(int tag, boolean extensible) throws IOException {
    byte[] body = new byte[FRAMES];
    for (int i = 0; i < FRAMES; i++) {
      body[i] = tag == 7 ? muLaw(level(i)) : aLaw(level(i));
    }
    WavBytes wav = new WavBytes();
    AudioClip clip =
        read((extensible ? wav.extensible(tag, 1, 8000, 1, 8) : wav.format(tag, 1, 8000, 1, 8))
                .data(body)
                .build())
            .clip();

    assertThat(clip.sampleRate()).isEqualTo(8000);
    for (int i = 0; i < FRAMES; i++) {
      // Half a step: a sixteenth of the segment that the magnitude is in.
      float tolerance = (Math.abs(level(i)) / 32f + 9) / 32_768;
      assertThat(Math.abs(clip.samples()[i] - SAMPLES[i])).as("sample %d", i).isLessThan(tolerance);
    }
  }

  @ParameterizedTest(name = "tag {0}, code {1}")
  @CsvSource({
    "7, 0x00, -32124", "7, 0x80, 32124", "7, 0xff, 0", "7, 0x7f, 0", "7, 0xf0, 120",
    "6, 0x2a, -32256", "6, 0xaa, 32256", "6, 0xd5, 8", "6, 0x55, -8", "6, 0x85, 4224"
  })
  void codesHaveTheLevelsOfTheRecommendation(int tag, String code, int level) {
    byte[] body = {(byte) (int) Integer.decode(code)};
    AudioClip clip =
        AudioFiles.read(new WavBytes().format(tag, 1, 8000, 1, 8).data(body).build(), "x");

    assertThat(clip.samples()).containsExactly(level / 32_768f);
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void floatSamplesOnTheScaleOfIntegersAreRefusedWithThatGuess(int bits) {
    WavBytes wav = new WavBytes().format(3, 1, 16_000, bits / 8, bits);
    wav.data(
        FRAMES * bits / 8,
        to -> {
          for (int i = 0; i < FRAMES; i++) {
            if (bits == 32) {
              to.putFloat(level(i));
            } else {
              to.putDouble(level(i));
            }
          }
        });

    assertThatThrownBy(() -> read(wav.build()))
        .isInstanceOf(AudioException.class)
        .hasMessageEndingWith(
            ", where full scale is 1; the samples seem to be on the scale of 16-bit integers, divide them by 32768");
  }

  @Test
  void floatSamplesAboveFullScaleAreRead() throws IOException {
    WavBytes wav = new WavBytes().format(3, 1, 16_000, 4, 32);

    assertThat(read(wav.data(8, to -> to.putFloat(3).putFloat(-99)).build()).clip().samples())
        .containsExactly(3, -99);
  }

  /** FLAC of 24 bits without an MD5: its frames' checksums and its range are all there is. */
  @Test
  void aDamagedPredictorNeverBecomesNoise() {
    byte[] flac = FlacReadingTests.resource("mono24.flac");
    AudioClip clip = AudioFiles.read(flac, "x");
    Arrays.fill(flac, 8 + 18, 8 + 34, (byte) 0);
    assertThat(AudioFiles.read(flac, "x")).isEqualTo(clip);
    int firstFrame = firstFrame(flac);

    for (int seed = 0; seed < 300; seed++) {
      byte[] damaged = flac.clone();
      int at = new SplittableRandom(seed).nextInt(firstFrame, flac.length);
      damaged[at] ^= (byte) (1 << seed % 8);

      assertThatThrownBy(() -> AudioFiles.read(damaged, "x"))
          .as("bit %d of byte %d", seed % 8, at)
          .isInstanceOf(AudioException.class);
    }
  }

  /** With the frames' checksums made right again, what does not fit into 24 bits is refused. */
  @Test
  void samplesThatDoNotFitIntoTheFilesBitsAreRefused() {
    byte[] flac = FlacReadingTests.resource("mono24.flac");
    Arrays.fill(flac, 8 + 18, 8 + 34, (byte) 0);
    int start = firstFrame(flac);
    int end = nextFrame(flac, start + 2);
    int refused = 0;
    for (int at = start + 8; at < start + 60; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] damaged = flac.clone();
        damaged[at] ^= (byte) (1 << bit);
        int crc = crc16(damaged, start, end - 2);
        damaged[end - 2] = (byte) (crc >> 8);
        damaged[end - 1] = (byte) crc;
        try {
          AudioClip clip = AudioFiles.read(damaged, "x");
          for (float sample : clip.samples()) {
            assertThat(Math.abs(sample)).isLessThanOrEqualTo(1);
          }
        } catch (AudioException e) {
          refused += String.valueOf(e.getMessage()).contains("do not fit into its 24 bits") ? 1 : 0;
        }
      }
    }
    assertThat(refused).isPositive();
  }

  private static int firstFrame(byte[] flac) {
    int at = 4;
    boolean last = false;
    while (!last) {
      last = flac[at] < 0;
      at += 4 + (ByteBuffer.wrap(flac).order(ByteOrder.BIG_ENDIAN).getInt(at) & 0xff_ffff);
    }
    return at;
  }

  private static int nextFrame(byte[] flac, int from) {
    int at = from;
    while (at + 6 < flac.length
        && !(flac[at] == (byte) 0xff && flac[at + 1] == (byte) 0xf8 && flac[at + 4] == 1)) {
      at++;
    }
    return at;
  }

  /** The polynomial x^16 + x^15 + x^2 + 1, from the FLAC format. */
  private static int crc16(byte[] bytes, int start, int end) {
    int crc = 0;
    for (int i = start; i < end; i++) {
      crc ^= (bytes[i] & 0xff) << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc << 1) ^ ((crc & 0x8000) == 0 ? 0 : 0x8005);
      }
    }
    return crc & 0xffff;
  }
}
