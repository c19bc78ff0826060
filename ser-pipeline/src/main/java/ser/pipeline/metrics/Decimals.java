package ser.pipeline.metrics;

import java.util.Locale;

/** The text of figures in reports: three decimals. */
public final class Decimals {
  private Decimals() {}

  /**
   * Formats a figure.
   *
   * @param value such as 0.6321
   * @return such as {@code "0.632"}; what rounds to zero has no minus
   */
  public static String of(double value) {
    return formatted("%.3f", value);
  }

  /**
   * Formats a difference with its sign.
   *
   * @param difference such as 0.0341
   * @return such as {@code "+0.034"}
   */
  public static String signed(double difference) {
    return formatted("%+.3f", difference);
  }

  private static String formatted(String format, double value) {
    return String.format(Locale.ROOT, format, Math.abs(value) < 0.0005 ? 0.0 : value);
  }
}
