package ser.features.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.AudioException;

/** The fixtures were made from the WAV files beside them: {@code flac --no-padding -b 1152}. */
class FlacReadingTests {
  static byte[] resource(String name) {
    try (InputStream in = FlacReadingTests.class.getResourceAsStream("/flac/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stereo16", "mono24", "mono8"})
  void flacGivesWhatTheWavGives(String name) {
    AudioClip flac = AudioFiles.read(resource(name + ".flac"), name);

    assertThat(flac).isEqualTo(AudioFiles.read(resource(name + ".wav"), name));
  }

  @Test
  void anId3TagInFrontIsSkipped() {
    byte[] flac = resource("mono8.flac");
    byte[] tagged = new byte[10 + 300 + flac.length];
    System.arraycopy(new byte[] {'I', 'D', '3', 4, 0, 0, 0, 0, 2, 44}, 0, tagged, 0, 10);
    System.arraycopy(flac, 0, tagged, 310, flac.length);

    assertThat(AudioFiles.read(tagged, "x")).isEqualTo(AudioFiles.read(flac, "x"));
  }

  @Test
  void bytesBehindTheLastFrameAreIgnored() {
    byte[] flac = resource("mono8.flac");

    assertThat(AudioFiles.read(Arrays.copyOf(flac, flac.length + 128), "x"))
        .isEqualTo(AudioFiles.read(flac, "x"));
  }

  @Test
  void aStreamOfUnknownLengthIsReadToItsEnd() {
    byte[] flac = resource("stereo16.flac");
    byte[] unknown = flac.clone();
    unknown[8 + 13] &= (byte) 0xf0; // the top four of 36 bits, then the other 32
    Arrays.fill(unknown, 8 + 14, 8 + 18, (byte) 0);

    assertThat(AudioFiles.read(unknown, "x")).isEqualTo(AudioFiles.read(flac, "x"));
  }

  @Test
  void aTruncatedFileSaysHowMuchIsMissing() {
    byte[] flac = resource("stereo16.flac");

    assertThatThrownBy(() -> AudioFiles.read(Arrays.copyOf(flac, flac.length / 2), "x.flac"))
        .isInstanceOf(AudioException.class)
        .hasMessage(
            "x.flac: a truncated or damaged FLAC file, it announces 6000 samples and 2304 can be read");
  }

  @Test
  void aDamagedFrameIsAnErrorAndNotSilence() {
    byte[] flac = resource("stereo16.flac");
    flac[flac.length / 2] ^= 0x10;

    assertThatThrownBy(() -> AudioFiles.read(flac, "x.flac"))
        .isInstanceOf(AudioException.class)
        .hasMessageStartingWith("x.flac: a damaged FLAC file");
  }

  @Test
  void samplesThatDoNotMatchTheChecksumAreAnError() {
    byte[] flac = resource("mono8.flac");
    flac[8 + 20] ^= 1; // inside the MD5

    assertThatThrownBy(() -> AudioFiles.read(flac, "x.flac"))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("do not match its MD5 checksum");
  }

  @Test
  void aTagThatClaimsToBeLargeIsNotBelieved() {
    byte[] flac = resource("mono8.flac");
    byte[] lying = Arrays.copyOf(flac, 8 + 34 + 12);
    lying[4] = 0; // the stream information is not the last block
    byte[] comment = {(byte) 0x84, (byte) 0xff, (byte) 0xff, (byte) 0xff, -1, -1, -1, 0x7f};
    System.arraycopy(comment, 0, lying, 8 + 34, comment.length);

    assertThatThrownBy(() -> AudioFiles.read(lying, "x.flac"))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("truncated");
  }

  @Test
  void absurdRatesAreRefused() {
    byte[] flac = resource("mono8.flac");
    Arrays.fill(flac, 8 + 10, 8 + 12, (byte) 0);
    flac[8 + 12] &= 0x0f;

    assertThatThrownBy(() -> AudioFiles.read(flac, "x.flac"))
        .isInstanceOf(AudioException.class)
        .hasMessage("x.flac: a sample rate of 0 Hz; expected 1000 to 768000 Hz");
  }
}
