package ser.encoders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WhisperFramesTests {
  private static final int BANDS = 80;
  private static final int FRAMES = WhisperFrames.FRAMES;

  private static float[] tone(double hz, double amplitude, int length) {
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (float) (amplitude * Math.sin(2 * Math.PI * hz * i / 16_000));
    }
    return samples;
  }

  /** The first numbers of Whisper's published mel_filters.npz. */
  @Test
  void theFiltersAreThoseOfWhisper() {
    double[][] filters = WhisperFrames.filters(BANDS);
    assertThat(filters[0][0]).isZero();
    assertThat(filters[0][1]).isCloseTo(0.02486259, within(1e-8));
    assertThat(filters[0][2]).isZero();
    assertThat(filters[1][1]).isCloseTo(0.001990821, within(1e-8));
    assertThat(filters[1][2]).isCloseTo(0.02287177, within(1e-8));
  }

  @Test
  void aToneIsLoudInItsBandAndEightDecadesAreKept() {
    float[] energies = new WhisperFrames(BANDS).of(tone(1000, 0.5, 16_000));
    assertThat(energies).hasSize(BANDS * FRAMES);
    int loudest = 0;
    float least = Float.MAX_VALUE;
    float greatest = -Float.MAX_VALUE;
    for (int band = 0; band < BANDS; band++) {
      if (energies[band * FRAMES + 50] > energies[loudest * FRAMES + 50]) {
        loudest = band;
      }
    }
    for (float energy : energies) {
      least = Math.min(least, energy);
      greatest = Math.max(greatest, energy);
    }
    // 1000 Hz are 15 mel, and band i is centred on (i + 1) · 45.245 / 81 mel.
    assertThat(loudest).isEqualTo(26);
    assertThat(greatest - least).isCloseTo(2, within(1e-6f)); // 8 decades, a quarter of that
    assertThat(energies[loudest * FRAMES + 200]).isEqualTo(least); // behind the clip
  }

  /** The energy of a Hann window of 400 samples on a tone in the middle of a bin. */
  @Test
  void theEnergyIsThatOfTheWindowedTransform() {
    double amplitude = 0.25;
    float[] energies = new WhisperFrames(BANDS).of(tone(1000, amplitude, 16_000));
    double[][] filters = WhisperFrames.filters(BANDS);
    // Bin 25 is 1000 Hz: A/2 times the window's sum, 200; its neighbours half of it.
    double main = Math.pow(amplitude / 2 * 200, 2);
    double energy = filters[26][25] * main + (filters[26][24] + filters[26][26]) * main / 4;
    assertThat(energies[26 * FRAMES + 50])
        .isCloseTo((float) ((Math.log10(energy) + 4) / 4), within(1e-5f));
  }

  @Test
  void theBeginningIsMirrored() {
    // An even signal about its first sample has no seam there: a constant stays constant.
    float[] constant = new float[4000];
    Arrays.fill(constant, 0.1f);
    float[] energies = new WhisperFrames(BANDS).of(constant);
    assertThat(energies[0]).isCloseTo(energies[10], within(1e-5f));
  }
}
