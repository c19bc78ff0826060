package ser.server.stream;

import java.util.Locale;
import java.util.Optional;
import ser.api.SegmentOptions;
import ser.api.SerException;
import ser.api.StreamOptions;
import ser.server.problem.Parameters;
import ser.server.problem.Problem;

/**
 * What is classified of a stream: windows, segments of speech, or both.
 *
 * @param windows the windows; empty for none
 * @param segments the segments; empty for none
 */
public record SessionSettings(Optional<StreamOptions> windows, Optional<SegmentOptions> segments) {

  private enum Results {
    WINDOWS,
    SEGMENTS,
    BOTH
  }

  /**
   * Reads the settings {@code results} (windows, segments or both; windows by default), {@code
   * window}, {@code hop}, {@code pause} and {@code longest}, in seconds.
   *
   * @param parameters of the request or session
   * @return the settings
   * @throws ser.server.problem.ProblemException when one cannot be read, or is of results that were
   *     not asked for
   */
  public static SessionSettings read(Parameters parameters) {
    Results results = parameters.read("results", SessionSettings::results).orElse(Results.WINDOWS);
    Optional<Double> window = parameters.number("window");
    Optional<Double> hop = parameters.number("hop");
    Optional<Double> pause = parameters.number("pause");
    Optional<Double> longest = parameters.number("longest");
    if (results == Results.SEGMENTS) {
      requireAbsent("window", window, "results=windows or results=both");
      requireAbsent("hop", hop, "results=windows or results=both");
    }
    if (results == Results.WINDOWS) {
      requireAbsent("pause", pause, "results=segments or results=both");
      requireAbsent("longest", longest, "results=segments or results=both");
    }
    try {
      return new SessionSettings(
          results == Results.SEGMENTS ? Optional.empty() : Optional.of(windows(window, hop)),
          results == Results.WINDOWS ? Optional.empty() : Optional.of(segments(pause, longest)));
    } catch (SerException e) {
      throw Problem.INVALID_PARAMETER.exception(String.valueOf(e.getMessage()));
    }
  }

  private static Results results(String text) {
    for (Results each : Results.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(text)) {
        return each;
      }
    }
    throw new SerException("found '%s', expected windows, segments or both".formatted(text));
  }

  private static void requireAbsent(String name, Optional<Double> value, String expected) {
    if (value.isPresent()) {
      throw Problem.INVALID_PARAMETER.exception("%s: expected %s".formatted(name, expected));
    }
  }

  /** A window shorter than the default hop is its own hop. */
  private static StreamOptions windows(Optional<Double> window, Optional<Double> hop) {
    StreamOptions defaults = StreamOptions.defaults();
    double seconds = window.orElse(defaults.windowSeconds());
    return new StreamOptions(seconds, hop.orElse(Math.min(seconds, defaults.hopSeconds())));
  }

  private static SegmentOptions segments(Optional<Double> pause, Optional<Double> longest) {
    SegmentOptions defaults = SegmentOptions.defaults();
    return new SegmentOptions(
        pause.orElse(defaults.pauseSeconds()), longest.orElse(defaults.longestSeconds()));
  }
}
