package ser.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalDistributionTests {
  /** Values from tables of Φ. */
  @ParameterizedTest
  @CsvSource({
    "0, 0.5",
    "0.25, 0.5987063256829237",
    "1, 0.8413447460685429",
    "-1, 0.15865525393145705",
    "1.959963984540054, 0.975",
    "-3, 0.0013498980316300933",
    "6, 0.9999999990134123",
    "-6, 9.865876450376981e-10",
    "8.5, 1",
    "-1e300, 0",
    "Infinity, 1"
  })
  void theProbabilityIsThatOfTables(double x, double probability) {
    assertThat(NormalDistribution.probabilityBelow(x)).isCloseTo(probability, within(2e-15));
  }

  @ParameterizedTest
  @CsvSource({"-7.9", "-2.5", "0", "0.1", "3", "7.9"})
  void theDensityIsTheSlopeOfTheProbability(double x) {
    double slope =
        (NormalDistribution.probabilityBelow(x + 1e-5)
                - NormalDistribution.probabilityBelow(x - 1e-5))
            / 2e-5;
    assertThat(NormalDistribution.density(x)).isCloseTo(slope, within(1e-10));
  }

  @Test
  void notANumberStaysSo() {
    assertThat(NormalDistribution.probabilityBelow(Double.NaN)).isNaN();
  }
}
