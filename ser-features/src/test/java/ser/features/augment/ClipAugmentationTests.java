package ser.features.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
        new Noise(Noise.Colour.PINK, 5, 20),
        new Noise(Noise.Colour.HUM, 5, 20),
        new Babble(List.of(tone(200), tone(300), tone(500)), 3, 0, 10),
        new Bandwidth(200, 400),
        new Clipping(1, 20),
        new Equalization(12),
        new Offset(0.1),
        new PacketLoss(0.1, 0.5),
        new Reverberation(0.1, 0.4),
        new Compose(List.of(new Gain(-6, 6), new Offset(0.1))),
        new OneOf(List.of(new Gain(-6, 6), new Offset(0.1))),
        new WithProbability(0.9, new Gain(-6, 6)));
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

  @Test
  void humIsTheHarmonicsOfTheMains() {
    AudioClip clip = tone(440);
    float[] noisy = Noise.add(clip, Noise.Colour.HUM, 10, new SplittableRandom(4)).samples();
    for (int i = 0; i < noisy.length; i++) {
      noisy[i] -= clip.samples()[i];
    }
    double mains = Math.max(amplitude(noisy, 50), amplitude(noisy, 60));
    double unit = amplitude(noisy, 50) > amplitude(noisy, 60) ? 50 : 60;
    for (int harmonic = 1; harmonic <= 10; harmonic++) {
      assertThat(amplitude(noisy, harmonic * unit)).isCloseTo(mains / harmonic, within(1e-4));
    }
    assertThat(amplitude(noisy, 1.5 * unit)).isLessThan(1e-4);
  }

  @Test
  void babbleHasTheRatioThatWasAskedForAndItsVoices() {
    AudioClip clip = tone(440);
    Babble babble = new Babble(List.of(tone(200), Gain.scale(tone(300), -40)), 60, 7, 7);
    float[] noise = babble.apply(clip, new SplittableRandom(4)).samples();
    for (int i = 0; i < noise.length; i++) {
      noise[i] -= clip.samples()[i];
    }
    assertThat(10 * Math.log10(power(clip.samples()) / power(noise))).isCloseTo(7, within(0.01));
    double soft = amplitude(noise, 300);
    double loud = amplitude(noise, 200);
    assertThat(soft / loud).as("a soft voice counts as a loud one").isBetween(0.2, 5.0);
  }

  @Test
  void aVoiceAtAnotherRateIsRefused() {
    Babble babble = new Babble(List.of(AudioClip.of(new float[100], 8_000)), 1, 0, 0);
    assertThatThrownBy(() -> babble.apply(tone(440), new SplittableRandom(1)))
        .isInstanceOf(SerException.class)
        .hasMessage("A voice at 8000 Hz for a clip at 16000 Hz; expected the same sample rate");
  }

  @Test
  void theBandwidthEndsAtTheCutoff() {
    AudioClip both = AudioClip.of(sum(tone(900), tone(1100)), RATE);
    float[] limited = Bandwidth.limit(both, 1000).samples();
    assertThat(amplitude(limited, 900)).isCloseTo(0.5, within(0.005));
    assertThat(amplitude(limited, 1100)).isLessThan(0.002);
    float[] unlimited = Bandwidth.limit(both, 9_000).samples();
    assertThat(unlimited).containsExactly(both.samples(), within(1e-5f));
  }

  @Test
  void aTelephoneCarries300To3400HertzInEightBits() {
    for (double inside : new double[] {400, 1_000, 3_200}) {
      float[] line = new Telephone().apply(tone(inside), new SplittableRandom(1)).samples();
      assertThat(amplitude(line, inside)).isCloseTo(0.5, within(0.01));
    }
    for (double outside : new double[] {150, 3_600, 6_000}) {
      float[] line = new Telephone().apply(tone(outside), new SplittableRandom(1)).samples();
      assertThat(amplitude(line, outside)).isLessThan(0.002);
    }
    float[] line = new Telephone().apply(tone(1_000), new SplittableRandom(1)).samples();
    float[] error = new float[8_000];
    for (int i = 0; i < error.length; i++) {
      error[i] = line[4_000 + i] - tone(1_000).samples()[4_000 + i];
    }
    double ratio = 10 * Math.log10(0.125 / power(error));
    assertThat(ratio).as("signal to quantisation noise in dB").isBetween(33.0, 48.0);
    AudioClip faint = Gain.scale(tone(1_000), -90);
    assertThat(power(new Telephone().apply(faint, new SplittableRandom(1)).samples())).isZero();
  }

  @Test
  void anEqualizationKeepsEachOctaveWithinItsGains() {
    List<Double> gains = new ArrayList<>();
    for (double hz : new double[] {125, 250, 500, 1_000, 2_000, 4_000}) {
      float[] coloured = new Equalization(12).apply(tone(hz), new SplittableRandom(3)).samples();
      gains.add(20 * Math.log10(amplitude(coloured, hz) / 0.5));
    }
    assertThat(gains).allSatisfy(gain -> assertThat(gain).isBetween(-12.1, 12.1));
    assertThat(Collections.max(gains) - Collections.min(gains)).isGreaterThan(3);
    assertThat(new Equalization(0).apply(tone(440), new SplittableRandom(3)).samples())
        .containsExactly(tone(440).samples(), within(1e-5f));
  }

  @Test
  void clippingHoldsTheSignalBelowALevel() {
    float[] clipped = Clipping.clip(tone(440), 6.0206).samples();
    float[] expected = tone(440).samples().clone();
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Math.max(-0.25f, Math.min(0.25f, expected[i]));
    }
    assertThat(clipped).containsExactly(expected, within(1e-4f));
    assertThat(Clipping.clip(tone(440), 0)).isEqualTo(tone(440));
  }

  @Test
  void aLostPacketRepeatsTheOneBeforeAtHalfItsAmplitude() {
    assertThat(new PacketLoss(0, 0).apply(tone(440), new SplittableRandom(1))).isEqualTo(tone(440));
    assertThat(power(new PacketLoss(1, 1).apply(tone(440), new SplittableRandom(1)).samples()))
        .isZero();
    float[] before = tone(441).samples(); // no whole periods in a packet
    float[] after = new PacketLoss(0.3, 0.3).apply(tone(441), new SplittableRandom(2)).samples();
    int lost = 0;
    for (int packet = 1; packet < 50; packet++) {
      int first = packet * 320;
      if (after[first + 5] != before[first + 5]) {
        lost++;
        for (int i = first; i < first + 320; i++) {
          assertThat(after[i]).isEqualTo(after[i - 320] / 2);
        }
      }
    }
    assertThat(lost).isBetween(6, 26);
  }

  @Test
  void anOffsetIsAConstant() {
    float[] moved = new Offset(0.1).apply(tone(440), new SplittableRandom(1)).samples();
    float offset = moved[0];
    assertThat(Math.abs(offset)).isBetween(1e-6f, 0.1f);
    for (int i = 0; i < moved.length; i++) {
      moved[i] -= offset;
    }
    assertThat(moved).containsExactly(tone(440).samples(), within(1e-6f));
  }

  @Test
  void changesAreComposedChosenAndLeftOut() {
    Gain up = new Gain(6, 6);
    SplittableRandom random = new SplittableRandom(1);
    assertThat(new Compose(List.of(up, up)).apply(tone(440), random))
        .isEqualTo(Gain.scale(Gain.scale(tone(440), 6), 6));
    assertThat(new Compose(List.of()).apply(tone(440), random)).isEqualTo(tone(440));
    AudioClip louder = Gain.scale(tone(440), 6);
    AudioClip softer = Gain.scale(tone(440), -6);
    int[] counts = new int[3];
    for (int i = 0; i < 200; i++) {
      AudioClip one = new OneOf(List.of(up, new Gain(-6, -6))).apply(tone(440), random);
      assertThat(one).isIn(louder, softer);
      counts[one.equals(louder) ? 0 : 1]++;
      counts[2] += new WithProbability(0.25, up).apply(tone(440), random).equals(louder) ? 1 : 0;
    }
    assertThat(counts[0]).isBetween(70, 130);
    assertThat(counts[2]).isBetween(25, 75);
  }

  private static float[] sum(AudioClip a, AudioClip b) {
    float[] sum = a.samples().clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b.samples()[i];
    }
    return sum;
  }

  /** The amplitude of a tone of the signal, over whole periods away from its ends. */
  private static double amplitude(float[] samples, double hz) {
    int first = 2_000;
    int count = 12_800; // whole periods of multiples of 2.5 Hz
    double real = 0;
    double imaginary = 0;
    for (int i = first; i < first + count; i++) {
      real += samples[i] * Math.cos(2 * Math.PI * hz * i / RATE);
      imaginary += samples[i] * Math.sin(2 * Math.PI * hz * i / RATE);
    }
    return 2 * Math.hypot(real, imaginary) / count;
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
    assertThatThrownBy(() -> new Reverberation(0.3, 3))
        .isInstanceOf(SerException.class)
        .hasMessage("reverberation time in s from 0.3 to 3.0; expected a range within 0.05 to 2.0");
    assertThatThrownBy(() -> new Bandwidth(50, 3_000)).hasMessageContaining("cutoff in Hz");
    assertThatThrownBy(() -> new Clipping(-1, 3)).hasMessageContaining("clipping in dB");
    assertThatThrownBy(() -> new Equalization(-1)).hasMessageContaining("largest gain in dB");
    assertThatThrownBy(() -> new Offset(2)).hasMessageContaining("largest offset");
    assertThatThrownBy(() -> new PacketLoss(0, 1.1)).hasMessageContaining("packet's loss");
    assertThatThrownBy(() -> new WithProbability(2, new Offset(0)))
        .hasMessageContaining("probability of a change");
    assertThatThrownBy(() -> new OneOf(List.of())).hasMessageContaining("expected one or more");
    assertThatThrownBy(() -> new Babble(List.of(), 1, 0, 0)).hasMessageContaining("no clips");
    assertThatThrownBy(() -> new Babble(List.of(tone(440)), 0, 0, 0))
        .hasMessageContaining("voices");
    assertThatThrownBy(() -> new Gain(3, -3))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("gain in dB from 3.0 to -3.0");
    assertThatThrownBy(() -> new Noise(Noise.Colour.WHITE, Double.NaN, 3))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("signal-to-noise ratio");
  }
}
