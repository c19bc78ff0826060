package ser.features.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LogarithmTests {
  private static double[] logarithms(double floor, double... numbers) {
    double[] result = numbers.clone();
    Logarithm.of(result, floor, new double[numbers.length], numbers.length);
    return result;
  }

  @Test
  void differsFromTheExactOneByNoMoreThanRounding() {
    SplittableRandom random = new SplittableRandom(1);
    double[] numbers = new double[100_000];
    for (int i = 0; i < numbers.length; i++) {
      double spread = i % 2 == 0 ? 600 : 1; // far from 1, where exponents count, and near it
      numbers[i] = Math.exp(random.nextDouble(-spread, spread));
    }

    double[] logarithms = logarithms(Double.MIN_NORMAL, numbers);

    for (int i = 0; i < numbers.length; i++) {
      double exact = Math.log(numbers[i]);
      assertThat(logarithms[i])
          .as("log %s", numbers[i])
          .isCloseTo(exact, within(4e-16 * Math.max(1, Math.abs(exact))));
    }
  }

  @Test
  void powersOfTwoAndTheEdgesOfMantissasAreNoExceptions() {
    double root = Math.sqrt(0.5);

    assertThat(logarithms(1e-10, 1, 2, 0.25, root, Math.nextDown(root), Math.nextUp(root)))
        .containsExactly(
            new double[] {
              0, Math.log(2), -2 * Math.log(2), -Math.log(2) / 2, -Math.log(2) / 2, -Math.log(2) / 2
            },
            within(4e-16));
  }

  @Test
  void whatIsLessThanTheFloorIsTheFloor() {
    assertThat(logarithms(1e-10, 0, 1e-11, 1e-300))
        .containsExactly(
            new double[] {Math.log(1e-10), Math.log(1e-10), Math.log(1e-10)}, within(1e-14));
  }
}
