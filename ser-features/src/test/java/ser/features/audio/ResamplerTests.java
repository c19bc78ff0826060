package ser.features.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.api.AudioException;

class ResamplerTests {
  private static float[] tone(double hz, int rate, int samples) {
    float[] tone = new float[samples];
    for (int i = 0; i < samples; i++) {
      tone[i] = (float) Math.sin(2 * Math.PI * hz * i / rate);
    }
    return tone;
  }

  /** The level of the middle half, relative to a full-scale sine, in dB. */
  private static double level(float[] signal) {
    double sum = 0;
    int from = signal.length / 4;
    int to = 3 * signal.length / 4;
    for (int i = from; i < to; i++) {
      sum += (double) signal[i] * signal[i];
    }
    return 10 * Math.log10(2 * sum / (to - from) + 1e-30);
  }

  @Test
  void aToneFrom48kHzKeepsItsLevel() {
    assertThat(level(Resampler.resample(tone(1000, 48_000, 48_000), 48_000, 16_000)))
        .isCloseTo(0, within(0.01));
  }

  @ParameterizedTest(name = "{0} to {1} Hz")
  @CsvSource({
    "48000, 16000",
    "44100, 16000",
    "22050, 16000",
    "8000, 16000",
    "16000, 44100",
    "44101, 16000",
    "16000, 15999",
    "96000, 8000"
  })
  void tonesUpToNineTenthsOfNyquistComeOutAsTheyWere(int from, int to) {
    double nyquist = Math.min(from, to) / 2.0;
    for (double share : new double[] {0.01, 0.1, 0.37, 0.5, 0.75, 0.9}) {
      double hz = share * nyquist;
      float[] out = Resampler.resample(tone(hz, from, from / 2), from, to);
      float[] expected = tone(hz, to, out.length);
      // Sample by sample: level, phase and alignment at once. 1e-3 is 0.009 dB, or -60 dB.
      for (int i = out.length / 4; i < 3 * out.length / 4; i++) {
        assertThat(out[i]).as("%s Hz, sample %d", hz, i).isCloseTo(expected[i], within(1e-3f));
      }
    }
  }

  @ParameterizedTest(name = "{0} to {1} Hz")
  @CsvSource({"48000, 16000", "44100, 16000", "44101, 16000", "16000, 8000", "96000, 16000"})
  void tonesAboveTheNewNyquistDisappear(int from, int to) {
    for (double share : new double[] {0, 0.01, 0.1, 0.3, 0.6, 0.95}) {
      double hz = to / 2.0 + share * (from - to) / 2.0;
      assertThat(level(Resampler.resample(tone(hz, from, from / 2), from, to)))
          .as("%s Hz", hz)
          .isLessThan(-95);
    }
  }

  @Test
  void imagesAboveTheOldNyquistDoNotAppear() {
    float[] out = Resampler.resample(tone(3600, 8_000, 4_000), 8_000, 16_000);
    float[] expected = tone(3600, 16_000, out.length);
    for (int i = 0; i < out.length; i++) {
      out[i] -= expected[i];
    }
    assertThat(level(out)).isLessThan(-80);
  }

  @ParameterizedTest(name = "{0} samples, {1} to {2} Hz")
  @CsvSource({
    "1, 48000, 16000, 1",
    "3, 48000, 16000, 1",
    "4, 48000, 16000, 2",
    "1001, 44100, 16000, 364",
    "1001, 44101, 16000, 364",
    "1, 8000, 16000, 2",
    "1, 1000, 768000, 768",
    "800, 768000, 1000, 2",
    "800, 767999, 1000, 2"
  })
  void theLengthIsRoundedUp(int samples, int from, int to, int expected) {
    assertThat(Resampler.resample(new float[samples], from, to)).hasSize(expected);
  }

  @Test
  void aConstantStaysThatConstant() {
    float[] constant = new float[4000];
    Arrays.fill(constant, 0.25f);
    for (int from : new int[] {8_000, 22_050, 44_100, 44_101, 48_000}) {
      float[] out = Resampler.resample(constant, from, 16_000);
      for (int i = out.length / 4; i < 3 * out.length / 4; i++) {
        assertThat(out[i]).isCloseTo(0.25f, within(1e-5f));
      }
    }
  }

  @Test
  void theSameRateGivesACopy() {
    float[] signal = tone(440, 16_000, 100);

    assertThat(Resampler.resample(signal, 16_000, 16_000)).isNotSameAs(signal).isEqualTo(signal);
  }

  @Test
  void aLongClipIsTheSameAsAShortOneWhereTheyAreTheSame() {
    // The block-wise evaluation must not show at its seams.
    float[] longer = tone(700, 44_100, 441_000);
    float[] shorter = Arrays.copyOf(longer, 44_100);

    float[] a = Resampler.resample(longer, 44_100, 16_000);
    float[] b = Resampler.resample(shorter, 44_100, 16_000);

    assertThat(Arrays.copyOf(a, 15_000)).isEqualTo(Arrays.copyOf(b, 15_000));
  }

  @ParameterizedTest(name = "{0} to {1} Hz")
  @CsvSource({
    "48000, 16000",
    "44100, 16000",
    "16000, 44100",
    "11025, 16000",
    "1000, 768000",
    "768000, 1000",
    "44101, 16000",
    "16000, 15999",
    "16000, 16000"
  })
  void theCutsDoNotShow(int from, int to) {
    SplittableRandom random = new SplittableRandom(from);
    for (int length : new int[] {0, 1, 2, 500, 30_000}) {
      float[] signal = new float[length];
      for (int i = 0; i < length; i++) {
        signal[i] = (float) random.nextDouble(-1, 1);
      }
      float[] whole = Resampler.resample(signal, from, to);
      float[] pieces = new float[whole.length];
      int[] filled = {0};
      Resampler resampler =
          Resampler.of(
              from,
              to,
              (samples, offset, count) -> {
                System.arraycopy(samples, offset, pieces, filled[0], count);
                filled[0] += count;
              });
      for (int done = 0; done < length; ) {
        int count = Math.min(length - done, random.nextInt(random.nextBoolean() ? 3 : 3000));
        resampler.push(signal, done, count);
        done += count;
      }
      resampler.finish();

      assertThat(filled[0]).isEqualTo(whole.length);
      assertThat(pieces).as("%d samples", length).isEqualTo(whole);
    }
  }

  @Test
  void samplesThatAreNotNumbersAreRefused() {
    assertThatThrownBy(() -> Resampler.resample(new float[] {0, Float.NaN}, 48_000, 16_000))
        .isInstanceOf(AudioException.class)
        .hasMessage("audio: sample 1 is NaN; expected finite numbers");
  }

  @Test
  void absurdRatesAndLengthsAreRefused() {
    assertThatThrownBy(() -> Resampler.resample(new float[10], 0, 16_000))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("0 Hz");
    assertThatThrownBy(() -> Resampler.resample(new float[10], 16_000, 1_000_000))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("1000000 Hz");
    assertThatThrownBy(() -> Resampler.resample(new float[4_000_000], 1_000, 768_000))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("too many");
  }
}
