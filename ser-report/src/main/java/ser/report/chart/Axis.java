package ser.report.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import ser.report.text.Numbers;

/**
 * A linear axis with round ticks.
 *
 * @param label quantity and unit, for example {@code "loss, nats"}
 * @param low the value at its beginning
 * @param high the value at its end, more than {@code low}
 */
public record Axis(String label, double low, double high) {
  private static final int MOST_TICKS = 6;

  /** The error, in ticks, of a value that is meant to lie on a tick. */
  private static final double ROUNDING = 1e-9;

  /**
   * Checks the ends.
   *
   * @throws IllegalArgumentException when an end is not finite or they are not in order
   */
  public Axis {
    if (!Double.isFinite(low) || !Double.isFinite(high) || low >= high) {
      throw new IllegalArgumentException("no axis from %s to %s".formatted(low, high));
    }
  }

  /**
   * Makes an axis for shares.
   *
   * @param label quantity
   * @return the axis from 0 to 1
   */
  public static Axis shares(String label) {
    return new Axis(label, 0, 1);
  }

  /**
   * Makes an axis that covers values, from one tick to another.
   *
   * @param label quantity and unit
   * @param values those that are not finite are ignored
   * @return the axis; from 0 to 1 when there is no value
   */
  public static Axis covering(String label, DoubleStream values) {
    double[] finite = values.filter(Double::isFinite).toArray();
    if (finite.length == 0) {
      return new Axis(label, 0, 1);
    }
    double low = DoubleStream.of(finite).min().getAsDouble();
    double high = DoubleStream.of(finite).max().getAsDouble();
    if (low == high) {
      double room = low == 0 ? 1 : Math.abs(low) / 2;
      low -= room;
      high += room;
    }
    double step = step(high - low);
    return new Axis(
        label, Math.floor(low / step + ROUNDING) * step, Math.ceil(high / step - ROUNDING) * step);
  }

  /** The distance of ticks: 1, 2 or 5 times a power of ten. */
  private static double step(double range) {
    double power = Math.pow(10, Math.floor(Math.log10(range / MOST_TICKS)));
    for (double factor : new double[] {1, 2, 5}) {
      if (range / (factor * power) <= MOST_TICKS + ROUNDING) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  List<Double> ticks() {
    double step = step(high - low);
    List<Double> ticks = new ArrayList<>();
    for (long i = (long) Math.ceil(low / step - ROUNDING);
        i * step <= high + step * ROUNDING;
        i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** The text of a tick: as many decimals as the ticks' distance has. */
  String text(double tick) {
    double step = step(high - low);
    int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return decimals > 5 || Math.abs(tick) >= 1e6
        ? Numbers.value(tick)
        : Numbers.fixed(tick, decimals);
  }

  /** The place of a value between two coordinates. */
  double place(double value, double from, double to) {
    double share = (Math.min(high, Math.max(low, value)) - low) / (high - low);
    return from + share * (to - from);
  }
}
