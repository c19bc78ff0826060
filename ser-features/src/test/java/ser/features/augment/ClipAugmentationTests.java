package ser.features.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.features.dsp.FeatureExtractor;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.features.dsp.MelScale;

class ClipAugmentationTests {
  private static final int RATE = 16_000;

  private static AudioClip tone(double hz) {
    float[] samples = new float[RATE];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (0.5 * Math.sin(2 * Math.PI * hz * i / RATE));
    }
    return AudioClip.of(samples, RATE);
  }

  private static double power(float[] samples) {
    double sum = 0;
    for (float sample : samples) {
      sum += (double) sample * sample;
    }
    return sum / samples.length;
  }

  static Stream<ClipAugmentation> augmentations() {
    return Stream.of(
        new Gain(-6, 6),
        new Speed(0.9, 1.1),
        new Noise(Noise.Colour.WHITE, 5, 20),
        new Noise(Noise.Colour.PINK, 5, 20));
  }

  @ParameterizedTest
  @MethodSource("augmentations")
  void theSameSeedGivesTheSameClipAndAnotherSeedAnother(ClipAugmentation augmentation) {
    AudioClip first = augmentation.apply(tone(440), new SplittableRandom(1));

    assertThat(augmentation.apply(tone(440), new SplittableRandom(1))).isEqualTo(first);
    assertThat(augmentation.apply(tone(440), new SplittableRandom(2))).isNotEqualTo(first);
  }

  @ParameterizedTest
  @MethodSource("augmentations")
  void theInputIsLeftAloneAndTheRateStays(ClipAugmentation augmentation) {
    AudioClip clip = tone(440);

    AudioClip changed = augmentation.apply(clip, new SplittableRandom(1));

    assertThat(clip).isEqualTo(tone(440));
    assertThat(changed.sampleRate()).isEqualTo(RATE);
  }

  @Test
  void gainIsInDecibels() {
    AudioClip louder = Gain.scale(tone(440), 6);

    assertThat(10 * Math.log10(power(louder.samples()) / power(tone(440).samples())))
        .isCloseTo(6, within(1e-5));
  }

  @Test
  void gainOnLogMelIsTheLogMelOfTheGain() {
    FeatureExtractor extractor = FeatureExtractor.of(FeatureSettings.defaults(FeatureKind.LOGMEL));
    AudioClip clip = Noise.add(tone(440), Noise.Colour.WHITE, 30, new SplittableRandom(1));
    Gain gain = new Gain(-10, 10);

    FeatureMatrix before = extractor.extract(gain.apply(clip, new SplittableRandom(9)));
    FeatureMatrix after = gain.applyToLogMel(extractor.extract(clip), new SplittableRandom(9));

    assertThat(after.values()).containsExactly(before.values(), within(1e-4f));
  }

  @ParameterizedTest
  @CsvSource({"0.5, 32000", "0.9, 17778", "1, 16000", "1.1, 14546", "2, 8000"})
  void speedDividesTheLength(double factor, int expected) {
    assertThat(Speed.change(tone(440), factor).samples()).hasSize(expected);
  }

  @Test
  void speedRaisesThePitch() {
    float[] faster = Speed.change(tone(1000), 1.25).samples();
    float[] expected = tone(1250).samples();

    for (int i = 2000; i < 10_000; i++) {
      assertThat(faster[i]).isCloseTo(expected[i], within(1e-3f));
    }
  }

  @ParameterizedTest
  @EnumSource
  void noiseHasTheRatioThatWasAskedFor(Noise.Colour colour) {
    AudioClip clip = tone(440);
    for (double snrDb : new double[] {-5, 0, 10, 30}) {
      float[] noisy = Noise.add(clip, colour, snrDb, new SplittableRandom(4)).samples();
      float[] noise = new float[noisy.length];
      for (int i = 0; i < noise.length; i++) {
        noise[i] = noisy[i] - clip.samples()[i];
      }
      assertThat(10 * Math.log10(power(clip.samples()) / power(noise)))
          .isCloseTo(snrDb, within(0.01));
    }
  }

  @Test
  void whiteNoiseIsFlatAndPinkNoiseFallsByThreeDecibelsAnOctave() {
    assertThat(octaveSlope(Noise.Colour.WHITE)).isCloseTo(0, within(0.3));
    assertThat(octaveSlope(Noise.Colour.PINK)).isCloseTo(-3, within(0.3));
  }

  /** Mean slope of the noise's spectrum from 250 to 4,000 Hz, in dB of power per hertz. */
  private static double octaveSlope(Noise.Colour colour) {
    float[] faint = new float[20 * RATE];
    faint[0] = 1;
    float[] noise =
        Noise.add(AudioClip.of(faint, RATE), colour, -60, new SplittableRandom(5)).samples();
    FeatureSettings settings =
        new FeatureSettings(
            FeatureKind.LOGMEL, RATE, 512, 512, 256, 128, 1, 0, 8_000, MelScale.HTK, true, false);
    // White noise through Slaney's norm is flat, so bands can stand for frequencies.
    FeatureMatrix logMel = FeatureExtractor.of(settings).extract(noise);
    return (decibels(logMel, 4_000) - decibels(logMel, 250)) / 4;
  }

  private static double decibels(FeatureMatrix logMel, double hz) {
    double mel = 2595 * Math.log10(1 + hz / 700);
    double top = 2595 * Math.log10(1 + 8_000 / 700.0);
    int band = (int) Math.round(mel / top * 129) - 1;
    double sum = 0;
    for (int frame = 0; frame < logMel.frames(); frame++) {
      sum += Math.exp(logMel.at(frame, band));
    }
    return 10 * Math.log10(sum / logMel.frames());
  }

  @ParameterizedTest
  @EnumSource
  void silenceStaysSilence(Noise.Colour colour) {
    AudioClip silence = AudioClip.of(new float[100], RATE);

    assertThat(Noise.add(silence, colour, 10, new SplittableRandom(1))).isEqualTo(silence);
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new Speed(0, 1))
        .isInstanceOf(SerException.class)
        .hasMessage("speed from 0.0 to 1.0; expected a range within 0.25 to 4.0");
    assertThatThrownBy(() -> new Gain(3, -3))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("gain in dB from 3.0 to -3.0");
    assertThatThrownBy(() -> new Noise(Noise.Colour.WHITE, Double.NaN, 3))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("signal-to-noise ratio");
  }
}
