package ser.report.text;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import ser.pipeline.metrics.Interval;

/**
 * The text of numbers, one format for all pages: shares with three decimals as in the reports in
 * text, a real minus sign, a dash for what is not a number.
 */
public final class Numbers {
  /** The text of a value that is not defined. */
  public static final String NONE = "–";

  private static final MathContext FOUR_DIGITS = new MathContext(4);

  private Numbers() {}

  /**
   * Formats a share, a probability or a metric.
   *
   * @param share for example 0.6321
   * @return for example {@code "0.632"}
   */
  public static String share(double share) {
    return fixed(share, 3);
  }

  /**
   * Formats a difference with its sign.
   *
   * @param difference for example 0.0341
   * @return for example {@code "+0.034"}
   */
  public static String difference(double difference) {
    String text = share(difference);
    return difference > 0 && !text.equals("0.000") ? "+" + text : text;
  }

  /**
   * Formats an interval of shares.
   *
   * @param interval its ends
   * @return for example {@code "0.601–0.660"}; with a negative end {@code "−0.010 to 0.030"}
   */
  public static String interval(Interval interval) {
    boolean negative = interval.low() < 0 || interval.high() < 0;
    return share(interval.low()) + (negative ? " to " : "–") + share(interval.high());
  }

  /**
   * Formats an interval of differences with their signs.
   *
   * @param interval its ends
   * @return for example {@code "−0.010 to +0.030"}
   */
  public static String differences(Interval interval) {
    return difference(interval.low()) + " to " + difference(interval.high());
  }

  /**
   * Formats a probability of error.
   *
   * @param p from 0 to 1
   * @return for example {@code "0.0310"}, or {@code "< 0.0001"}
   */
  public static String pValue(double p) {
    return p < 0.0001 ? "< 0.0001" : fixed(p, 4);
  }

  /**
   * Formats a number with a fixed number of decimals.
   *
   * @param value the number
   * @param decimals 0 or more
   * @return for example {@code "−1.50"}; a dash when it is not finite
   */
  public static String fixed(double value, int decimals) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return text.startsWith("-") && !text.matches("-[0.]+")
        ? "−" + text.substring(1)
        : text.replace("-", "");
  }

  /**
   * Formats a number of any magnitude with four digits at most.
   *
   * @param value the number
   * @return for example {@code "0.0125"}, {@code "1.2e−5"}; a dash when it is not finite
   */
  public static String value(double value) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    if (value == 0) {
      return "0";
    }
    double magnitude = Math.abs(value);
    BigDecimal rounded = new BigDecimal(value).round(FOUR_DIGITS).stripTrailingZeros();
    if (magnitude >= 1e-3 && magnitude < 1e6) {
      return rounded.toPlainString().replace('-', '−');
    }
    int exponent = rounded.precision() - rounded.scale() - 1;
    return (rounded.movePointLeft(exponent).stripTrailingZeros().toPlainString() + "e" + exponent)
        .replace('-', '−');
  }

  /**
   * Formats a number together with its noun.
   *
   * @param count how many
   * @param singular the noun for one
   * @param plural the noun for another number
   * @return for example {@code "1 clip"}, {@code "240 clips"}
   */
  public static String count(long count, String singular, String plural) {
    return count + " " + (count == 1 ? singular : plural);
  }
}
