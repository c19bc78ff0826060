package ser.api;

import java.util.Locale;

/**
 * How a stream is cut into what the model hears at once. Both lengths are rounded to whole frames
 * of the model's features (10 ms for the models of this toolkit), and to one frame at least.
 *
 * @param windowSeconds how much speech the model hears at once, {@value #SHORTEST_WINDOW} to
 *     {@value #LONGEST_WINDOW} s. Models learn from clips of a few seconds, and a clip longer than
 *     20 s is heard in parts.
 * @param hopSeconds how long after one window the next one ends, {@value #SHORTEST_HOP} s or more;
 *     at most the window, so that nothing goes unheard. Half the hop is twice the work.
 */
public record StreamOptions(double windowSeconds, double hopSeconds) {
  /** The shortest window, in seconds: less is no speech. */
  public static final double SHORTEST_WINDOW = 0.1;

  /** The longest window, in seconds. */
  public static final double LONGEST_WINDOW = 20;

  /** The shortest hop, in seconds. */
  public static final double SHORTEST_HOP = 0.01;

  /**
   * Checks the lengths.
   *
   * @throws SerException when one is out of its range, or the hop is longer than the window
   */
  public StreamOptions {
    if (!(windowSeconds >= SHORTEST_WINDOW && windowSeconds <= LONGEST_WINDOW)) {
      throw new SerException(
          "A window of %s s; expected %s to %s s"
              .formatted(number(windowSeconds), number(SHORTEST_WINDOW), number(LONGEST_WINDOW)));
    }
    if (!(hopSeconds >= SHORTEST_HOP && hopSeconds <= windowSeconds)) {
      throw new SerException(
          "A hop of %s s; expected %s s or more, and at most the window of %s s, so that nothing goes"
                  .formatted(number(hopSeconds), number(SHORTEST_HOP), number(windowSeconds))
              + " unheard");
    }
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%s", value);
  }

  /**
   * @return four seconds, every second
   */
  public static StreamOptions defaults() {
    return new StreamOptions(4, 1);
  }
}
