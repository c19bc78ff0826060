package ser.features.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The amplitude envelope as a last column of log-mel and MFCC. */
class EnvelopeTests {
  private static float[] noise(int samples) {
    SplittableRandom random = new SplittableRandom(5);
    float[] noise = new float[samples];
    for (int i = 0; i < samples; i++) {
      noise[i] = (float) (random.nextDouble(-0.5, 0.5) * Math.sin(i / 3000.0));
    }
    return noise;
  }

  private static FeatureMatrix extract(FeatureKind kind, boolean envelope, float[] samples) {
    return FeatureExtractor.of(FeatureSettings.defaults(kind).withEnvelope(envelope))
        .extract(samples);
  }

  @ParameterizedTest
  @EnumSource(names = {"LOGMEL", "MFCC"})
  void theLastColumnIsTheLogarithmOfTheRms(FeatureKind kind) {
    float[] samples = noise(16_123);
    FeatureMatrix plain = extract(kind, false, samples);
    FeatureMatrix rms = extract(FeatureKind.RMS, false, samples);
    FeatureMatrix with = extract(kind, true, samples);
    assertThat(with.columns()).isEqualTo(plain.columns() + 1);
    assertThat(with.frames()).isEqualTo(plain.frames());
    for (int frame = 0; frame < with.frames(); frame++) {
      for (int column = 0; column < plain.columns(); column++) {
        assertThat(with.at(frame, column)).isEqualTo(plain.at(frame, column));
      }
      boolean atAnEnd = frame < 2 || frame > with.frames() - 3; // reflection, not zeros
      if (!atAnEnd) {
        assertThat((double) with.at(frame, plain.columns()))
            .as("frame %d", frame)
            .isCloseTo(Math.log(rms.at(frame, 0)), within(1e-5));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 37, 1000})
  void aStreamGivesTheSameBits(int piece) {
    float[] samples = noise(4_321);
    FeatureExtractor extractor =
        FeatureExtractor.of(FeatureSettings.defaults(FeatureKind.LOGMEL).withEnvelope(true));
    FeatureMatrix whole = extractor.extract(samples);
    float[] streamed = new float[whole.values().length];
    int[] filled = {0};
    FeatureStream stream =
        extractor.stream(
            16_000,
            (values, frames) -> {
              System.arraycopy(values, 0, streamed, filled[0], frames * 65);
              filled[0] += frames * 65;
            });
    for (int from = 0; from < samples.length; from += piece) {
      stream.push(samples, from, Math.min(piece, samples.length - from));
    }
    stream.finish();
    assertThat(streamed).isEqualTo(whole.values());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2000})
  void silenceHasAFiniteLevel(int samples) {
    FeatureMatrix features = extract(FeatureKind.LOGMEL, true, new float[samples]);
    for (int frame = 0; frame < features.frames(); frame++) {
      assertThat((double) features.at(frame, 64)).isCloseTo(Math.log(1e-5), within(1e-5));
    }
  }
}
