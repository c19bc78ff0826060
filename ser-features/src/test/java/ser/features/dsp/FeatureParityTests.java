package ser.features.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.features.audio.AudioFiles;

/**
 * Every value is within 1e-4 of what torchaudio computes. The fixtures are made by {@code
 * src/test/python/reference_vectors.py}.
 */
class FeatureParityTests {
  private static final double TOLERANCE = 1e-4;

  static Stream<Arguments> syntheticSignals() {
    return Stream.of(
            "tone",
            "vowel",
            "noise",
            "chirp",
            "square",
            "silence",
            "click-in-hiss",
            "fading",
            "ten-milliseconds",
            "three-samples",
            "two-samples",
            "one-sample")
        .flatMap(signal -> Stream.of(FeatureKind.values()).map(kind -> Arguments.of(kind, signal)));
  }

  @ParameterizedTest(name = "{0} of {1}")
  @MethodSource("syntheticSignals")
  void syntheticSignalsMatch(FeatureKind kind, String signal) {
    requireParity(
        FeatureSettings.defaults(kind),
        NpyArray.resource("/reference/" + signal + ".npy").floats(),
        "/reference/" + signal + ".default");
  }

  @ParameterizedTest
  @EnumSource
  void theHtkScaleWithoutNormMatches(FeatureKind kind) {
    FeatureSettings htk =
        new FeatureSettings(
            kind, 16_000, 512, 400, 160, 64, 40, 0, 8_000, MelScale.HTK, false, false);

    requireParity(htk, NpyArray.resource("/reference/vowel.npy").floats(), "/reference/vowel.htk");
  }

  @ParameterizedTest
  @EnumSource
  void oddSizesMatch(FeatureKind kind) {
    FeatureSettings narrow =
        new FeatureSettings(
            kind, 8_000, 256, 201, 77, 30, 13, 100, 3_500, MelScale.SLANEY, true, false);

    requireParity(
        narrow, NpyArray.resource("/reference/vowel.npy").floats(), "/reference/vowel.narrow");
  }

  static Stream<Arguments> speech() {
    return Stream.of("03-01-05-02-01-01-05", "03-01-04-01-02-01-12")
        .flatMap(clip -> Stream.of(FeatureKind.values()).map(kind -> Arguments.of(kind, clip)));
  }

  @ParameterizedTest(name = "{0} of {1}")
  @MethodSource("speech")
  void speechMatches(FeatureKind kind, String clip) throws Exception {
    try (var in =
        FeatureParityTests.class.getResourceAsStream("/reference/ravdess/" + clip + ".wav")) {
      assertThat(in).as(clip).isNotNull();
      requireParity(
          FeatureSettings.defaults(kind),
          AudioFiles.read(in, clip).samples(),
          "/reference/ravdess/" + clip + ".default");
    }
  }

  private static void requireParity(FeatureSettings settings, float[] samples, String prefix) {
    String suffix =
        switch (settings.kind()) {
          case LOGMEL -> "logmel";
          case MFCC -> "mfcc";
          case RMS -> "rms";
        };
    NpyArray expected = NpyArray.resource(prefix + "." + suffix + ".npy");

    FeatureMatrix actual = FeatureExtractor.of(settings).extract(samples);

    assertThat(new int[] {actual.frames(), actual.columns()}).isEqualTo(expected.shape());
    for (int i = 0; i < expected.values().length; i++) {
      assertThat((double) actual.values()[i])
          .as("frame %d, column %d", i / actual.columns(), i % actual.columns())
          .isCloseTo(expected.values()[i], within(TOLERANCE));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32, 64, 512, 4096})
  void aToneIsInItsOwnBandWhateverTheTransformsSize(int size) {
    // One cosine of three periods per frame: all power in bin 3, by Parseval's theorem size² / 4.
    // The frames differ in phase and level.
    int frames = 19;
    PowerSpectrum spectrum = new PowerSpectrum(size);
    double[][] rows = new double[size][frames];
    for (int i = 0; i < size; i++) {
      for (int frame = 0; frame < frames; frame++) {
        rows[spectrum.row(i)][frame] = frame * Math.cos(2 * Math.PI * 3 * i / size + frame);
      }
    }

    spectrum.transformInPlace(rows, frames);

    for (int bin = 0; bin <= size / 2; bin++) {
      for (int frame = 0; frame < frames; frame++) {
        double expected = bin == 3 ? frame * frame * (size * (double) size / 4) : 0;
        assertThat(rows[bin][frame])
            .as("bin %d of frame %d", bin, frame)
            .isCloseTo(expected, within(1e-9 * size * size));
      }
    }
  }
}
