package ser.features.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.AudioException;

class WavReadingTests {
  private static final double[] SIGNAL = {0, 0.5, -0.5, 0.25, -1, 0.984375, 0.0078125};

  private static AudioClip read(WavBytes wav) {
    return AudioFiles.read(wav.build(), "x.wav");
  }

  private static void put(ByteBuffer to, int tag, int bits, double value) {
    switch (bits) {
      case 8 -> to.put((byte) (Math.round(value * 128) + 128));
      case 16 -> to.putShort((short) Math.round(value * 0x1p15));
      case 24 -> {
        int level = (int) Math.round(value * 0x1p23);
        to.put((byte) level).put((byte) (level >> 8)).put((byte) (level >> 16));
      }
      case 32 -> {
        if (tag == 3) {
          to.putFloat((float) value);
        } else {
          to.putInt((int) Math.round(value * 0x1p31));
        }
      }
      default -> to.putDouble(value);
    }
  }

  static Stream<Arguments> encodings() {
    return Stream.of(
            new int[] {1, 8},
            new int[] {1, 16},
            new int[] {1, 24},
            new int[] {1, 32},
            new int[] {3, 32},
            new int[] {3, 64})
        .flatMap(
            e ->
                Stream.of(1, 2, 3, 4, 5, 6)
                    .flatMap(
                        channels ->
                            Stream.of(true, false)
                                .map(ext -> Arguments.of(e[0], e[1], channels, ext))));
  }

  @ParameterizedTest(name = "tag {0}, {1} bits, {2} channel(s), extensible: {3}")
  @MethodSource("encodings")
  void everyEncodingGivesTheMeanOfItsChannels(int tag, int bits, int channels, boolean extensible) {
    int frameBytes = bits / 8 * channels;
    WavBytes wav = new WavBytes();
    if (extensible) {
      wav.extensible(tag, channels, 22_050, frameBytes, bits);
    } else {
      wav.format(tag, channels, 22_050, frameBytes, bits);
    }
    wav.data(
        SIGNAL.length * frameBytes,
        to -> {
          for (int i = 0; i < SIGNAL.length; i++) {
            for (int channel = 0; channel < channels; channel++) {
              put(to, tag, bits, SIGNAL[(i + channel) % SIGNAL.length]);
            }
          }
        });

    AudioClip clip = read(wav);

    assertThat(clip.sampleRate()).isEqualTo(22_050);
    assertThat(clip.samples()).hasSize(SIGNAL.length);
    for (int i = 0; i < SIGNAL.length; i++) {
      double sum = 0;
      for (int channel = 0; channel < channels; channel++) {
        sum += SIGNAL[(i + channel) % SIGNAL.length];
      }
      assertThat((double) clip.samples()[i]).isCloseTo(sum / channels, within(1e-7));
    }
  }

  @Test
  void twentyFourBitsInFourBytesAreAlignedToTheLeft() {
    AudioClip clip =
        read(new WavBytes().extensible(1, 1, 16_000, 4, 24).data(4, to -> to.putInt(1 << 30)));

    assertThat(clip.samples()).containsExactly(0.5f);
  }

  @Test
  void chunksMayComeInAnyOrder() {
    byte[] data = WavBytes.littleEndian(4).putShort((short) 16384).putShort((short) -16384).array();

    AudioClip clip =
        read(
            new WavBytes()
                .chunk("LIST", new byte[26])
                .data(data)
                .chunk("FLLR", new byte[4044])
                .format(1, 1, 16_000, 2, 16)
                .chunk("_PMX", new byte[3]));

    assertThat(clip.samples()).containsExactly(0.5f, -0.5f);
  }

  @Test
  void chunksOfOddSizeArePadded() {
    AudioClip clip =
        read(
            new WavBytes()
                .chunk("bext", new byte[7])
                .format(1, 1, 16_000, 2, 16)
                .chunk("LIST", new byte[1])
                .data(2, to -> to.putShort((short) 16384)));

    assertThat(clip.samples()).containsExactly(0.5f);
  }

  @Test
  void bytesBehindTheLastChunkAreIgnored() {
    byte[] wav = WavBytes.valid();

    assertThat(AudioFiles.read(Arrays.copyOf(wav, wav.length + 5), "x.wav").samples()).hasSize(16);
  }

  @Test
  void anIncompleteLastFrameIsDropped() {
    assertThat(read(new WavBytes().format(1, 2, 16_000, 4, 16).data(new byte[11])).samples())
        .hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {0xffff_ffffL, 0x7fff_f000L})
  void aStreamOfUnknownLengthIsReadToItsEnd(long size) {
    WavBytes wav = new WavBytes().riffSize(0xffff_ffffL).format(1, 1, 16_000, 2, 16);

    assertThat(read(wav.chunk("data", size, new byte[20])).samples()).hasSize(10);
  }

  @Test
  void aRecordingThatWasNeverFinishedIsReadToItsEnd() {
    WavBytes wav = new WavBytes().riffSize(0).format(1, 1, 16_000, 2, 16);

    assertThat(read(wav.chunk("data", 0, new byte[20])).samples()).hasSize(10);
  }

  @Test
  void aLongFileKeepsItsSizeInItsOwnChunk() {
    byte[] sizes = WavBytes.littleEndian(28).putLong(0).putLong(20).putLong(10).array();
    WavBytes wav = new WavBytes().container("RF64").riffSize(0xffff_ffffL).chunk("ds64", sizes);
    wav.format(1, 1, 16_000, 2, 16).chunk("data", 0xffff_ffffL, new byte[20]);

    assertThat(read(wav.chunk("LIST", new byte[4])).samples()).hasSize(10);
  }

  @Test
  void aTruncatedFileSaysHowMuchIsMissing() {
    WavBytes wav = new WavBytes().format(1, 1, 16_000, 2, 16).chunk("data", 1000, new byte[20]);

    assertThatThrownBy(() -> read(wav))
        .isInstanceOf(AudioException.class)
        .hasMessage("x.wav: truncated, its data chunk announces 1000 bytes and 20 are present");
  }

  @Test
  void aClaimOfFourGigabytesIsNotBelieved() {
    WavBytes wav = new WavBytes().format(1, 1, 16_000, 2, 16);

    assertThatThrownBy(() -> read(wav.chunk("data", 0xfffffff0L, new byte[56])))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("announces 4294967280 bytes and 56 are present");
  }

  @ParameterizedTest(name = "tag {0}")
  @ValueSource(ints = {2, 0x11, 0x31, 0x55, 0x1234})
  void compressedWavIsRefusedByName(int tag) {
    WavBytes wav = new WavBytes().format(tag, 1, 16_000, 1, 8).data(new byte[20]);

    assertThatThrownBy(() -> read(wav))
        .isInstanceOf(AudioException.class)
        .hasMessageStartingWith("x.wav: compressed WAV, format tag 0x%04x".formatted(tag))
        .hasMessageEndingWith(
            "; expected PCM, float, A-law or mu-law samples, convert it: ffmpeg -i x.wav -ac 1 -ar 16000 x-16k.wav");
  }

  @Test
  void anExtensibleHeaderOfAnotherFormatIsRefused() {
    assertThatThrownBy(() -> read(new WavBytes().extensible(2, 1, 16_000, 1, 4).data(new byte[20])))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("Microsoft ADPCM");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 999, 768_001, 0xffff_ffffL})
  void absurdRatesAreRefused(long rate) {
    assertThatThrownBy(() -> read(new WavBytes().format(1, 1, rate, 2, 16).data(new byte[20])))
        .isInstanceOf(AudioException.class)
        .hasMessage("x.wav: a sample rate of " + rate + " Hz; expected 1000 to 768000 Hz");
  }

  static Stream<Arguments> impossibleFrames() {
    return Stream.of(
        Arguments.of(1, 1, 0, 16),
        Arguments.of(1, 2, 3, 16),
        Arguments.of(1, 2, 2, 16),
        Arguments.of(1, 1, 2, 0),
        Arguments.of(1, 1, 5, 40),
        Arguments.of(3, 1, 2, 16),
        Arguments.of(3, 1, 4, 64));
  }

  @ParameterizedTest(name = "tag {0}, {1} channel(s), frames of {2} bytes, {3} bits")
  @MethodSource("impossibleFrames")
  void aHeaderThatContradictsItselfIsRefused(int tag, int channels, int frameBytes, int bits) {
    WavBytes wav =
        new WavBytes().format(tag, channels, 16_000, frameBytes, bits).data(new byte[20]);

    assertThatThrownBy(() -> read(wav))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("a WAV header with " + bits + "-bit");
  }

  @Test
  void noChannelsAreRefused() {
    assertThatThrownBy(() -> read(new WavBytes().format(1, 0, 16_000, 2, 16).data(new byte[20])))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("0 channels");
  }

  @Test
  void missingChunksAreNamed() {
    assertThatThrownBy(() -> read(new WavBytes().data(new byte[20])))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("without a 'fmt ' chunk");
    assertThatThrownBy(() -> read(new WavBytes().format(1, 1, 16_000, 2, 16)))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("without a 'data' chunk");
  }

  @Test
  void noSamplesAreAnError() {
    WavBytes wav = new WavBytes().format(1, 1, 16_000, 2, 16).data(new byte[0]);

    assertThatThrownBy(() -> read(wav.chunk("LIST", new byte[4])))
        .isInstanceOf(AudioException.class)
        .hasMessage("x.wav: no samples; expected at least one");
  }

  @Test
  void samplesThatAreNotNumbersAreNamedByTheirPlace() {
    WavBytes nan = new WavBytes().format(3, 1, 16_000, 4, 32);
    nan.data(12, to -> to.putFloat(0).putFloat(0.1f).putFloat(Float.NaN));
    WavBytes huge = new WavBytes().format(3, 1, 16_000, 8, 64);
    huge.data(16, to -> to.putDouble(0).putDouble(1e300));

    assertThatThrownBy(() -> read(nan))
        .isInstanceOf(AudioException.class)
        .hasMessage("x.wav: sample 2 is NaN; expected finite numbers");
    assertThatThrownBy(() -> read(huge))
        .isInstanceOf(AudioException.class)
        .hasMessage("x.wav: sample 1 is Infinity; expected finite numbers");
  }

  @Test
  void everyTruncationIsAnErrorOrAShorterClip() {
    byte[] wav = WavBytes.valid();
    for (int length = 0; length < wav.length; length++) {
      byte[] cut = Arrays.copyOf(wav, length);
      assertThatThrownBy(() -> AudioFiles.read(cut, "x.wav"))
          .as("the first %d bytes", length)
          .isInstanceOf(AudioException.class);
    }
  }
}
