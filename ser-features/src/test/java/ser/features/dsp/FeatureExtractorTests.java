package ser.features.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ser.api.AudioException;
import ser.features.audio.AudioClip;

class FeatureExtractorTests {
  private static FeatureExtractor extractor(FeatureKind kind) {
    return FeatureExtractor.of(FeatureSettings.defaults(kind));
  }

  private static float[] noise(int samples, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] noise = new float[samples];
    for (int i = 0; i < samples; i++) {
      noise[i] = (float) random.nextDouble(-1, 1);
    }
    return noise;
  }

  @ParameterizedTest
  @EnumSource
  void framesAreOnePlusOneForEveryHop(FeatureKind kind) {
    for (int samples : new int[] {1, 159, 160, 161, 16_000}) {
      FeatureMatrix features = extractor(kind).extract(noise(samples, 1));

      assertThat(features.frames()).isEqualTo(1 + samples / 160);
      assertThat(features.columns()).isEqualTo(extractor(kind).settings().columns());
    }
  }

  @Test
  void silenceIsTheFloorEverywhere() {
    assertThat(extractor(FeatureKind.LOGMEL).extract(new float[1600]).values())
        .containsOnly((float) Math.log(1e-10));
    assertThat(extractor(FeatureKind.RMS).extract(new float[1600]).values()).containsOnly(0f);
    FeatureMatrix mfcc = extractor(FeatureKind.MFCC).extract(new float[1600]);
    assertThat(mfcc.at(0, 0)).isCloseTo(-100 * 8, within(1e-3f)); // sqrt(64) bands of -100 dB
    assertThat(mfcc.at(5, 7)).isCloseTo(0, within(1e-3f));
  }

  @ParameterizedTest
  @EnumSource
  void tenMinutesGiveFiniteFeatures(FeatureKind kind) {
    FeatureMatrix features = extractor(kind).extract(noise(600 * 16_000, 2));

    assertThat(features.frames()).isEqualTo(60_001);
    for (float value : features.values()) {
      assertThat(Float.isFinite(value)).isTrue();
    }
  }

  @Test
  void theLevelOfAConstantIsItself() {
    float[] constant = new float[1600];
    Arrays.fill(constant, 0.3f);

    assertThat(extractor(FeatureKind.RMS).extract(constant).at(5, 0))
        .isCloseTo(0.3f, within(1e-6f));
  }

  @Test
  void aClipOfAnotherRateIsResampledFirst() {
    AudioClip clip = AudioClip.of(noise(48_000, 3), 48_000);

    assertThat(extractor(FeatureKind.LOGMEL).extract(clip))
        .isEqualTo(extractor(FeatureKind.LOGMEL).extract(clip.resampledTo(16_000)));
  }

  @Test
  void samplesThatAreNotNumbersAreRefused() {
    assertThatThrownBy(() -> extractor(FeatureKind.LOGMEL).extract(new float[] {0, Float.NaN}))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("sample 1 is NaN");
    assertThatThrownBy(() -> extractor(FeatureKind.RMS).extract(new float[0]))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("no samples");
  }

  @ParameterizedTest
  @EnumSource
  void oneExtractorServesManyThreads(FeatureKind kind) throws Exception {
    FeatureExtractor extractor = extractor(kind);
    List<float[]> signals = new ArrayList<>();
    List<FeatureMatrix> alone = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      signals.add(noise(3000 + 500 * i, i));
      alone.add(extractor.extract(signals.get(i)));
    }
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<FeatureMatrix>> together = new ArrayList<>();
      for (float[] signal : signals) {
        together.add(pool.submit(() -> extractor.extract(signal)));
      }
      for (int i = 0; i < together.size(); i++) {
        assertThat(together.get(i).get()).isEqualTo(alone.get(i));
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
