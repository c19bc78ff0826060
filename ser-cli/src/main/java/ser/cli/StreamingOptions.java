package ser.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import ser.api.StreamOptions;

/** The options of every command that hears windows of something longer. */
final class StreamingOptions {
  @Option(
      names = "--model",
      paramLabel = "M",
      description = "A model package; the bundled one by default.")
  private @Nullable Path model;

  @Option(
      names = "--window",
      paramLabel = "S",
      description = "Seconds heard at once, 0.1 to 20 (default: 4).")
  private Optional<Double> window = Optional.empty();

  @Option(
      names = "--hop",
      paramLabel = "S",
      description = "Seconds from one window to the next, at most the window (default: 1).")
  private Optional<Double> hop = Optional.empty();

  StreamingOptions() {}

  Path model() {
    return Optional.ofNullable(model).orElseGet(Bundle::model);
  }

  /** A window shorter than the default hop is its own. */
  StreamOptions stream() {
    StreamOptions defaults = StreamOptions.defaults();
    double seconds = window.orElse(defaults.windowSeconds());
    return new StreamOptions(seconds, hop.orElse(Math.min(seconds, defaults.hopSeconds())));
  }
}
