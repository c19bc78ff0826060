package ser.features.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvolutionTests {
  @ParameterizedTest
  @CsvSource({
    "1, 1, 0",
    "100, 7, 0",
    "100, 7, 3",
    "5000, 1, 0",
    "5000, 900, 450",
    "3, 2000, 10",
    "9000, 255, 0"
  })
  void theResultIsThatOfTheSum(int length, int taps, int delay) {
    SplittableRandom random = new SplittableRandom(length + taps);
    float[] signal = new float[length];
    for (int i = 0; i < length; i++) {
      signal[i] = (float) random.nextGaussian();
    }
    double[] response = random.doubles(taps, -1, 1).toArray();
    float[] expected = new float[length];
    for (int i = 0; i < length; i++) {
      double sum = 0;
      for (int tap = 0; tap < taps; tap++) {
        int from = i + delay - tap;
        sum += from >= 0 && from < length ? response[tap] * signal[from] : 0;
      }
      expected[i] = (float) sum;
    }
    assertThat(Convolution.apply(signal, response, delay)).containsExactly(expected, within(1e-4f));
  }

  @Test
  void aTransformOfAnotherLengthIsRefused() {
    assertThatThrownBy(() -> new FourierTransform(1000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a length of 1000; expected a power of 2");
  }
}
