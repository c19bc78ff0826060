package ser.api;

import java.util.Locale;

/**
 * The window and hop of a stream, in seconds. Both are rounded to whole frames of the model's
 * features (10 ms for the models of this toolkit), and to one frame at least.
 *
 * @param windowSeconds the length of a window, {@value #SHORTEST_WINDOW} to {@value
 *     #LONGEST_WINDOW} s; models are trained on clips of a few seconds
 * @param hopSeconds the distance from the end of one window to the end of the next, {@value
 *     #SHORTEST_HOP} s or more, at most the window, so that every sample is classified. Half the
 *     hop is twice the work.
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
          "A hop of %s s; expected %s s or more, and at most the window of %s s, so that every"
                  .formatted(number(hopSeconds), number(SHORTEST_HOP), number(windowSeconds))
              + " sample is classified");
    }
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%s", value);
  }

  /** {@return windows of four seconds, one every second} */
  public static StreamOptions defaults() {
    return new StreamOptions(4, 1);
  }

  /**
   * Returns these options with another window.
   *
   * @param windowSeconds the length of a window
   * @return the changed options
   * @throws SerException when it is out of its range or shorter than the hop
   */
  public StreamOptions withWindow(double windowSeconds) {
    return new StreamOptions(windowSeconds, hopSeconds);
  }

  /**
   * Returns these options with another hop.
   *
   * @param hopSeconds the distance from one window to the next
   * @return the changed options
   * @throws SerException when it is out of its range or longer than the window
   */
  public StreamOptions withHop(double hopSeconds) {
    return new StreamOptions(windowSeconds, hopSeconds);
  }
}
