package ser.api;

/**
 * How speech is divided into segments. Both numbers are rounded to whole frames of the model's
 * features.
 *
 * @param pauseSeconds the shortest pause that ends a segment, {@value #SHORTEST_PAUSE} to {@value
 *     #LONGEST_PAUSE} s
 * @param longestSeconds the longest segment, 1 to {@value StreamOptions#LONGEST_WINDOW} s; longer
 *     speech is divided. Models are trained on clips of a few seconds
 */
public record SegmentOptions(double pauseSeconds, double longestSeconds) {
  /** The shortest pause that can end a segment, in seconds. */
  public static final double SHORTEST_PAUSE = 0.1;

  /** The longest pause that can be asked for, in seconds. */
  public static final double LONGEST_PAUSE = 5;

  private static final double LEAST_LONGEST = 1;

  /**
   * Checks the numbers.
   *
   * @throws SerException when one is out of its range
   */
  public SegmentOptions {
    if (!(pauseSeconds >= SHORTEST_PAUSE && pauseSeconds <= LONGEST_PAUSE)) {
      throw new SerException(
          "A pause of %s s; expected %s to %s s"
              .formatted(pauseSeconds, SHORTEST_PAUSE, LONGEST_PAUSE));
    }
    if (!(longestSeconds >= LEAST_LONGEST && longestSeconds <= StreamOptions.LONGEST_WINDOW)) {
      throw new SerException(
          "A longest segment of %s s; expected %s to %s s"
              .formatted(longestSeconds, LEAST_LONGEST, StreamOptions.LONGEST_WINDOW));
    }
  }

  /** {@return segments that a pause of half a second ends, ten seconds at most} */
  public static SegmentOptions defaults() {
    return new SegmentOptions(0.5, 10);
  }

  /**
   * Returns these options with another pause.
   *
   * @param pauseSeconds the shortest pause that ends a segment
   * @return the changed options
   * @throws SerException when it is out of its range
   */
  public SegmentOptions withPause(double pauseSeconds) {
    return new SegmentOptions(pauseSeconds, longestSeconds);
  }

  /**
   * Returns these options with another longest segment.
   *
   * @param longestSeconds the longest segment
   * @return the changed options
   * @throws SerException when it is out of its range
   */
  public SegmentOptions withLongest(double longestSeconds) {
    return new SegmentOptions(pauseSeconds, longestSeconds);
  }
}
