package ser.pipeline.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.features.dsp.FeatureExtractor;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.features.dsp.OffsetRemoval;
import ser.pipeline.pretrained.StubEncoder;

/** Frames are 10 ms apart; the margin is 10 frames; steps are of 8 frames unless said otherwise. */
class FrontendTests {
  private static final FeatureSettings LOGMEL = FeatureSettings.defaults(FeatureKind.LOGMEL);
  private static final int MARGIN = 10;

  /** Noise from one sample to another, digital silence around it. */
  private static AudioClip noise(int length, int from, int to, double level) {
    SplittableRandom random = new SplittableRandom(1);
    float[] samples = new float[length];
    for (int i = from; i < to; i++) {
      samples[i] = (float) (level * (2 * random.nextDouble() - 1));
    }
    return AudioClip.of(samples, 16_000);
  }

  private static FeatureMatrix all(AudioClip clip) {
    return FeatureExtractor.of(LOGMEL).extract(OffsetRemoval.from(clip));
  }

  private static void requirePartOfWhole(Frontend.Speech speech, AudioClip clip) {
    FeatureMatrix whole = all(clip);
    assertThat(speech.clipFrames()).isEqualTo(whole.frames());
    assertThat(speech.features().values())
        .containsExactly(
            Arrays.copyOfRange(
                whole.values(),
                speech.firstFrame() * 64,
                (speech.firstFrame() + speech.features().frames()) * 64));
  }

  @ParameterizedTest
  @CsvSource({"1, 100, 200", "8, 100, 200", "8, 103, 250", "16, 101, 102", "4, 50, 290"})
  void silenceGoesAndTheMarginStays(int framesPerStep, int firstLoud, int lastLoud) {
    AudioClip clip = noise(48_000, firstLoud * 160, lastLoud * 160, 0.5);

    Frontend.Speech speech = new Frontend(LOGMEL, 9, framesPerStep).speech(clip);

    // A frame sees 200 samples to both sides: the two frames beside the noise hear some of it.
    int first = firstLoud - 1 - MARGIN;
    int end = Math.min(301, lastLoud + 1 + MARGIN + 1);
    assertThat(speech.firstFrame())
        .isEqualTo(first / framesPerStep * framesPerStep)
        .isLessThanOrEqualTo(firstLoud - MARGIN);
    assertThat(speech.firstFrame() + speech.features().frames()).isEqualTo(end);
    requirePartOfWhole(speech, clip);
  }

  @Test
  void quietSpeechWithinTheThresholdStays() {
    float[] samples = noise(32_000, 0, 32_000, 0.5).samples();
    for (int i = 0; i < 16_000; i++) {
      samples[i] *= 0.05f; // 6 nepers of power below
    }
    AudioClip clip = AudioClip.of(samples, 16_000);

    assertThat(new Frontend(LOGMEL, 9, 8).speech(clip).firstFrame()).isZero();
    assertThat(new Frontend(LOGMEL, 4, 8).speech(clip).firstFrame()).isBetween(80, 90);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-80, -23, -1, 0, 4, 50})
  void powerIsTheSumOfWhatTheLogarithmsStandFor(double level) {
    float[] values = new float[3 * 64];
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (level + Math.sin(i));
      sum += i / 64 == 1 ? Math.exp(values[i]) : 0;
    }

    assertThat(new Frontend(LOGMEL, 9, 8).power(values, 64)).isCloseTo(sum, withinPercentage(1e-6));
  }

  @Test
  void speechAtTheVeryEndsIsKept() {
    AudioClip clip = noise(16_000, 0, 16_000, 0.5);
    Frontend.Speech speech = new Frontend(LOGMEL, 9, 8).speech(clip);
    assertThat(speech.firstFrame()).isZero();
    assertThat(speech.features()).isEqualTo(all(clip));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 159, 160, 1600, 16_000})
  void digitalSilenceIsKeptWhole(int samples) {
    AudioClip clip = AudioClip.of(new float[samples], 16_000);
    Frontend.Speech speech = new Frontend(LOGMEL, 9, 8).speech(clip);
    assertThat(speech).isEqualTo(new Frontend.Speech(all(clip), 0, 1 + samples / 160));
  }

  @Test
  void aConstantSignalIsCutToNothingLessThanAFrame() {
    float[] samples = new float[16_000];
    Arrays.fill(samples, 0.25f);
    Frontend.Speech speech = new Frontend(LOGMEL, 9, 8).speech(AudioClip.of(samples, 16_000));
    assertThat(speech.features().frames()).isPositive();
    requirePartOfWhole(speech, AudioClip.of(samples, 16_000));
  }

  @Test
  void withoutATrimEverythingStays() {
    AudioClip clip = noise(48_000, 16_000, 32_000, 0.5);
    Frontend.Speech speech = new Frontend(LOGMEL, 0, 8).speech(clip);
    assertThat(speech).isEqualTo(new Frontend.Speech(all(clip), 0, 301));
  }

  @Test
  void theLevelDoesNotMoveTheCut() {
    AudioClip loud = noise(48_000, 16_000, 32_000, 0.9);
    AudioClip soft = noise(48_000, 16_000, 32_000, 0.09);
    Frontend frontend = new Frontend(LOGMEL, 9, 8);
    assertThat(frontend.speech(soft).firstFrame()).isEqualTo(frontend.speech(loud).firstFrame());
  }

  @Test
  void featuresThatAreNotLogMelAndAbsurdTrimsAreRefused() {
    FeatureSettings mfcc = FeatureSettings.defaults(FeatureKind.MFCC);
    assertThatThrownBy(() -> new Frontend(mfcc, 9, 8))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("found MFCC");
    assertThatThrownBy(() -> new Frontend(LOGMEL, -1, 8)).isInstanceOf(SerException.class);
    assertThatThrownBy(() -> new Frontend(LOGMEL, Double.NaN, 8)).isInstanceOf(SerException.class);
  }

  @Test
  void aFusionSetsTheEncodersFrameBehindTheLogMelFramesThatItCovers() {
    StubEncoder encoder = new StubEncoder('a');
    AudioClip clip = AudioClip.of(Sounds.voice(3, 200, 1.5, 16_000), 16_000);
    FeatureMatrix logMel = new Frontend(LOGMEL, 0, 8).speech(clip).features();
    FeatureMatrix outputs = encoder.encode(OffsetRemoval.from(clip)); // every 320 samples
    Frontend frontend = new Frontend(LOGMEL, 0, 8, Optional.of(encoder), true);
    FeatureMatrix fused = frontend.speech(clip).features();
    assertThat(fused.frames()).isEqualTo(logMel.frames());
    assertThat(fused.columns()).isEqualTo(64 + 6);
    for (int frame = 0; frame < fused.frames(); frame++) {
      int covering = Math.min(frame / 2, outputs.frames() - 1);
      for (int column = 0; column < 64; column++) {
        assertThat(fused.at(frame, column)).isEqualTo(logMel.at(frame, column));
      }
      for (int column = 0; column < 6; column++) {
        assertThat(fused.at(frame, 64 + column)).isEqualTo(outputs.at(covering, column));
      }
    }
    assertThat(frontend.encoded(OffsetRemoval.from(clip), fused.frames())).isEqualTo(fused);
  }
}
