package ser.pipeline.corpus;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A part of an audio file.
 *
 * @param start where it begins, in seconds from the beginning of the file
 * @param end where it ends, in seconds from the beginning of the file; empty for the file's end
 */
public record Segment(double start, OptionalDouble end) {
  /**
   * Checks the times.
   *
   * @throws CorpusException when the start is not a number of 0 or more, or the end is not behind
   *     it
   */
  public Segment {
    if (!(start >= 0 && start < Double.POSITIVE_INFINITY)) {
      throw new CorpusException("a start of %s s; expected 0 or more".formatted(start));
    }
    if (end.isPresent()
        && !(end.getAsDouble() > start && end.getAsDouble() < Double.POSITIVE_INFINITY)) {
      throw new CorpusException(
          "an end of %s s; expected more than the start, %s s".formatted(end.getAsDouble(), start));
    }
  }

  /** {@return the times in seconds, for example {@code "1.25-3.5"}; equal for equal times} */
  public String key() {
    return text(start) + "-" + (end.isPresent() ? text(end.getAsDouble()) : "end");
  }

  /** {@return the times with their unit, for example {@code "1.25-3.5 s"}} */
  @Override
  public String toString() {
    return key() + " s";
  }

  /** Without trailing zeros, so that 1.5 and 1.50 are one segment in ids and messages. */
  private static String text(double seconds) {
    return String.format(Locale.ROOT, "%.6f", seconds).replaceFirst("\\.?0+$", "");
  }
}
