package ser.features.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CosineTransformTests {
  @ParameterizedTest(name = "{1} coefficients of {0} inputs")
  @CsvSource({"64, 40", "8, 8", "7, 7", "2, 2", "1, 1", "13, 4"})
  void isTheSumThatDefinesIt(int inputs, int coefficients) {
    int frames = 5;
    SplittableRandom random = new SplittableRandom(inputs);
    double[][] in = new double[inputs][frames];
    double[][] expected = new double[coefficients][frames];
    for (int n = 0; n < inputs; n++) {
      for (int frame = 0; frame < frames; frame++) {
        in[n][frame] = random.nextDouble(-1, 1);
        for (int k = 0; k < coefficients; k++) {
          double norm = Math.sqrt((k == 0 ? 1.0 : 2.0) / inputs);
          expected[k][frame] +=
              3 * norm * in[n][frame] * Math.cos(Math.PI * k * (n + 0.5) / inputs);
        }
      }
    }
    double[][] out = new double[coefficients][frames];

    new CosineTransform(inputs, coefficients, 3).apply(in, out, frames);

    for (int k = 0; k < coefficients; k++) {
      assertThat(out[k]).as("coefficient %d", k).containsExactly(expected[k], within(1e-13));
    }
  }
}
