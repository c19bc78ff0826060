package ser.report.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.pipeline.metrics.Interval;

/** The text of numbers. */
class NumbersTests {
  @ParameterizedTest
  @CsvSource({
    "0.6321, 0.632",
    "1, 1.000",
    "-0.25, −0.250",
    "-0.0001, 0.000",
    "NaN, –",
    "Infinity, –"
  })
  void sharesHaveThreeDecimals(double value, String text) {
    assertThat(Numbers.share(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0.0341, +0.034", "-0.0341, −0.034", "0.0001, 0.000", "0, 0.000", "NaN, –"})
  void differencesHaveASign(double value, String text) {
    assertThat(Numbers.difference(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "3, 3",
    "120000, 120000",
    "0.0125, 0.0125",
    "1.23456, 1.235",
    "-0.5, −0.5",
    "0.000012, 1.2e−5",
    "2500000, 2.5e6",
    "NaN, –"
  })
  void valuesHaveFourDigitsAtMost(double value, String text) {
    assertThat(Numbers.value(value)).isEqualTo(text);
  }

  @Test
  void theFormatDoesNotDependOnTheLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(Numbers.share(0.5)).isEqualTo("0.500");
      assertThat(Numbers.value(1234.5)).isEqualTo("1235");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void intervalsWithANegativeEndAreSpeltOut() {
    assertThat(Numbers.interval(new Interval(0.6, 0.66))).isEqualTo("0.600–0.660");
    assertThat(Numbers.interval(new Interval(-0.01, 0.03))).isEqualTo("−0.010 to 0.030");
  }

  @Test
  void smallProbabilitiesAreBounded() {
    assertThat(Numbers.pValue(0.000049)).isEqualTo("< 0.0001");
    assertThat(Numbers.pValue(0.031)).isEqualTo("0.0310");
    assertThat(Numbers.count(1, "clip", "clips") + Numbers.count(2, "clip", "clips"))
        .isEqualTo("1 clip2 clips");
  }
}
