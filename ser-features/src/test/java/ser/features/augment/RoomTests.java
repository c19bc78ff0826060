package ser.features.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.api.SerException;
import ser.features.audio.AudioClip;

class RoomTests {
  private static final int RATE = 16_000;

  private static Room room(double seconds) {
    return new Room(
        6, 5, 3, seconds, new Room.Position(2, 1.5, 1.7), new Room.Position(4.1, 3.4, 1.2));
  }

  /** Early reflections computed by hand: distances of mirrored sources, one reflection each. */
  @Test
  void reflectionsComeFromTheMirroredSources() {
    Room room = room(0.4);
    double[] response = room.impulseResponse(RATE);
    double direct = Math.sqrt(2.1 * 2.1 + 1.9 * 1.9 + 0.5 * 0.5);
    double reflection = Math.exp(-0.161 * 90 / (126 * 0.4) / 2); // V = 90 m³, S = 126 m²
    assertThat(response[0]).isCloseTo(1, within(1e-9));
    double[] heights = {1.7 + 1.2, 2 * 3 - 1.7 - 1.2}; // by the floor, by the ceiling
    for (double height : heights) {
      double distance = Math.sqrt(2.1 * 2.1 + 1.9 * 1.9 + height * height);
      double delay = (distance - direct) * RATE / 343;
      int sample = (int) delay;
      double expected = reflection * direct / distance;
      // The high pass has moved the samples between the echoes below 0.
      double before = response[sample - 2];
      assertThat(response[sample] + response[sample + 1] - 2 * before)
          .isCloseTo(expected, within(0.05));
    }
  }

  /**
   * Eyring's formula holds for a diffuse field. In a box the sound decays up to a third more slowly
   * (Lehmann and Johansson 2008).
   */
  @ParameterizedTest
  @CsvSource({"0.2", "0.4", "0.8"})
  void theEnergyDecaysInTheReverberationTime(double seconds) {
    double[] response = room(seconds).impulseResponse(RATE);
    double[] energy = new double[response.length + 1]; // Schroeder's backward integral
    for (int i = response.length - 1; i >= 0; i--) {
      energy[i] = energy[i + 1] + response[i] * response[i];
    }
    int first = below(energy, 5);
    int last = below(energy, 25);
    double measured = 3.0 * (last - first) / RATE;
    assertThat(measured).isCloseTo(seconds, within(0.35 * seconds));
  }

  private static int below(double[] energy, double decibels) {
    int i = 0;
    while (energy[i] > energy[0] * Math.pow(10, -decibels / 10)) {
      i++;
    }
    return i;
  }

  @Test
  void aClipInARoomKeepsItsLengthPowerAndTime() {
    SplittableRandom random = new SplittableRandom(7);
    float[] bursts = new float[RATE];
    for (int i = 0; i < bursts.length; i++) {
      bursts[i] = i / 2_000 % 2 == 0 ? (float) (0.1 * random.nextGaussian()) : 0;
    }
    AudioClip clip = AudioClip.of(bursts, RATE);
    float[] reverberant = Reverberation.in(room(0.3), clip).samples();
    assertThat(reverberant).hasSize(bursts.length);
    assertThat(power(reverberant, 0, RATE)).isCloseTo(power(bursts, 0, RATE), within(1e-6));
    double[] correlations = new double[5];
    for (int lag = -2; lag <= 2; lag++) {
      for (int i = 2; i < RATE - 2; i++) {
        correlations[lag + 2] += bursts[i] * reverberant[i + lag];
      }
    }
    assertThat(correlations[2])
        .as("the direct sound stays in its place")
        .isEqualTo(Arrays.stream(correlations).max().orElseThrow());
    assertThat(power(reverberant, 2_000, 4_000)).as("the tail in a pause").isGreaterThan(1e-5);
  }

  private static double power(float[] samples, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) samples[i] * samples[i];
    }
    return sum / (to - from);
  }

  @Test
  void positionsLieInsideAndApart() {
    Room.Position centre = new Room.Position(1, 1, 1);
    assertThatThrownBy(() -> new Room(2, 2, 2, 0.3, centre, new Room.Position(1, 2.5, 1)))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("expected a position inside");
    assertThatThrownBy(() -> new Room(2, 2, 2, 0.3, centre, centre))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("at the microphone");
    assertThatThrownBy(() -> new Room(0.5, 2, 2, 0.3, centre, new Room.Position(0.2, 0.2, 0.2)))
        .hasMessageStartingWith("length of a room in metres from 0.5");
  }
}
