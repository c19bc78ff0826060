package ser.features.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FastMathTests {
  private static double[] logarithms(double floor, double... numbers) {
    double[] result = numbers.clone();
    FastMath.logInPlace(result, floor, new double[numbers.length], numbers.length);
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

  @Test
  void exponentialsAreExactToNineDigits() {
    double[] numbers = new double[1001];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (i - 500) / 10.0;
    }
    double[] exponentials = numbers.clone();
    FastMath.expInPlace(exponentials, numbers.length);
    for (int i = 0; i < numbers.length; i++) {
      assertThat(exponentials[i] / Math.exp(numbers[i]))
          .as("exp %s", numbers[i])
          .isCloseTo(1, within(1e-9));
    }
  }
}
