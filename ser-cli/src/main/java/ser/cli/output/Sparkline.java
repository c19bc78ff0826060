package ser.cli.output;

import java.util.List;
import java.util.stream.Collectors;

/** Draws a series as a line of bars, one character a value. */
public final class Sparkline {
  private static final String LEVELS = " ▁▂▃▄▅▆▇█";

  private Sparkline() {}

  /**
   * Returns a line of bars.
   *
   * @param values the series; what is negative counts as 0
   * @return one character a value, the highest value a full bar
   */
  public static String draw(List<Double> values) {
    double highest = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    int top = LEVELS.length() - 1;
    return values.stream()
        .map(value -> highest == 0 ? 0 : (int) Math.round(Math.max(0, value) / highest * top))
        .map(level -> LEVELS.substring(level, level + 1))
        .collect(Collectors.joining());
  }
}
