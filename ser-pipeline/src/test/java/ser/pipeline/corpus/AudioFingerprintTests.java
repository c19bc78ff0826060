package ser.pipeline.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import ser.features.audio.Resampler;

class AudioFingerprintTests {
  private static final int CLIPS = 12;

  /** Changes of a recording that leave its fingerprint nearly as it is. */
  private static final Map<String, UnaryOperator<AudioClip>> CHANGES =
      Map.of(
          "8 kHz", clip -> at(clip, 8_000),
          "44.1 kHz", clip -> at(clip, 44_100),
          "48 kHz", clip -> at(clip, 48_000),
          "20 dB softer, 16 bits", clip -> each(clip, x -> rounded(x / 10)),
          "offset of 2 %", clip -> each(clip, x -> rounded(x + 0.02)),
          "inverted", clip -> each(clip, x -> -x),
          "mu-law at 8 kHz", clip -> each(at(clip, 8_000), AudioFingerprintTests::muLaw),
          "silence at both ends", AudioFingerprintTests::padded);

  private static AudioClip at(AudioClip clip, int rate) {
    float[] samples = Resampler.resample(clip.samples(), clip.sampleRate(), rate);
    return each(AudioClip.of(samples, rate), AudioFingerprintTests::rounded);
  }

  private static AudioClip each(AudioClip clip, DoubleUnaryOperator change) {
    float[] samples = new float[clip.samples().length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) change.applyAsDouble(clip.samples()[i]);
    }
    return AudioClip.of(samples, clip.sampleRate());
  }

  private static double rounded(double sample) {
    return Math.rint(Math.max(-1, Math.min(1, sample)) * 32_767) / 32_768;
  }

  private static double muLaw(double sample) {
    double code = Math.rint(127 * Math.log1p(255 * Math.abs(sample)) / Math.log(256)) / 127;
    return Math.signum(sample) * (Math.pow(256, code) - 1) / 255;
  }

  private static AudioClip padded(AudioClip clip) {
    float[] samples = new float[clip.samples().length + clip.sampleRate()];
    System.arraycopy(clip.samples(), 0, samples, clip.sampleRate() / 3, clip.samples().length);
    return AudioClip.of(samples, clip.sampleRate());
  }

  static Stream<String> changes() {
    return CHANGES.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aChangedRecordingIsALikelyCopy(String change) {
    for (int seed = 0; seed < CLIPS; seed++) {
      AudioClip clip = MadeUpSpeech.clip(seed);
      AudioClip changed = Objects.requireNonNull(CHANGES.get(change)).apply(clip);
      assertThat(AudioFingerprint.of(clip).distance(AudioFingerprint.of(changed)))
          .as("clip %d", seed)
          .isLessThanOrEqualTo(AudioFingerprint.LARGEST_COPY_DISTANCE);
      assertThat(AudioFingerprint.of(clip).isLikelyCopyOf(AudioFingerprint.of(changed))).isTrue();
    }
  }

  @Test
  void otherRecordingsAreNot() {
    List<AudioFingerprint> fingerprints =
        IntStream.range(0, CLIPS)
            .mapToObj(seed -> AudioFingerprint.of(MadeUpSpeech.clip(seed)))
            .toList();
    for (int i = 0; i < CLIPS; i++) {
      for (int j = 0; j < i; j++) {
        assertThat(fingerprints.get(i).distance(fingerprints.get(j)))
            .as("clips %d and %d", i, j)
            .isGreaterThan(3 * AudioFingerprint.LARGEST_COPY_DISTANCE);
      }
    }
  }

  @Test
  void bytesAreReadBack() {
    AudioFingerprint fingerprint = AudioFingerprint.of(MadeUpSpeech.clip(1));
    assertThat(fingerprint.toBytes()).hasSize(20);
    assertThat(AudioFingerprint.ofBytes(fingerprint.toBytes()))
        .isEqualTo(fingerprint)
        .hasSameHashCodeAs(fingerprint);
    assertThatThrownBy(() -> AudioFingerprint.ofBytes(new byte[19]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a fingerprint of 19 bytes; expected 20");
  }

  /** The fingerprints in model.json of version 2 stay comparable. */
  @Test
  void theFingerprintOfAClipStaysAsItIs() {
    byte[] listed = HexFormat.of().parseHex("62d91c2ee69ef1f90e8ea77373391c93f34ce122");
    assertThat(AudioFingerprint.of(MadeUpSpeech.clip(1)).distance(AudioFingerprint.ofBytes(listed)))
        .as("but for a rounding of another platform's sine")
        .isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 5e-5, 0.3})
  void silenceIsACopyOfNothing(double offset) {
    AudioFingerprint silence = AudioFingerprint.of(each(clip(16_000), x -> offset));
    assertThat(silence.isNone()).isTrue();
    assertThat(silence.distance(silence)).isEqualTo(AudioFingerprint.BITS);
    assertThat(silence.isLikelyCopyOf(AudioFingerprint.of(MadeUpSpeech.clip(1)))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100, 1_000})
  void aClipTooShortForAFingerprintIsACopyOfNothing(int samples) {
    assertThat(AudioFingerprint.of(clip(samples)).isNone()).isTrue();
  }

  private static AudioClip clip(int samples) {
    float[] values = new float[samples];
    for (int i = 0; i < samples; i++) {
      values[i] = (float) Math.sin(0.1 * i);
    }
    return AudioClip.of(values, 16_000);
  }

  private static Path sharedOrSkip(String corpus) {
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    Path folder = module.resolve("../../shared/data").resolve(corpus).normalize();
    assumeTrue(Files.isDirectory(folder), corpus + " is not at " + folder);
    return folder;
  }

  /** The figures of docs/decisions/0017, for each corpus that is at hand. */
  @ParameterizedTest
  @CsvSource({"ravdess16k, 1", "nemo16k, 0"})
  void copiesOfRealSpeechAreLikelyCopiesAndOtherTakesAreNot(String corpus, int copies)
      throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(sharedOrSkip(corpus))) {
      files = all.filter(AudioFiles::isAudio).sorted().toList();
    }
    List<AudioFingerprint> fingerprints =
        files.parallelStream().map(file -> AudioFingerprint.of(AudioFiles.read(file))).toList();
    int likely = 0;
    int nearestOther = AudioFingerprint.BITS;
    for (int i = 0; i < files.size(); i++) {
      for (int j = 0; j < i; j++) {
        int distance = fingerprints.get(i).distance(fingerprints.get(j));
        if (distance <= AudioFingerprint.LARGEST_COPY_DISTANCE) {
          likely++; // RAVDESS has one recording under two names
        } else {
          nearestOther = Math.min(nearestOther, distance);
        }
      }
    }
    assertThat(likely).isEqualTo(copies);
    assertThat(nearestOther).isGreaterThanOrEqualTo(22);

    int changed = 0;
    int missed = 0;
    for (int i = 0; i < files.size(); i += 29) {
      AudioClip clip = AudioFiles.read(files.get(i));
      for (UnaryOperator<AudioClip> change : CHANGES.values()) {
        changed++;
        if (!AudioFingerprint.of(change.apply(clip)).isLikelyCopyOf(fingerprints.get(i))) {
          missed++;
        }
      }
    }
    assertThat(missed).as("of %d", changed).isLessThanOrEqualTo(changed / 500);
  }
}
