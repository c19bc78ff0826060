package ser.cli.commands;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import ser.api.EmotionRecognizer;
import ser.api.RecognizerOptions;
import ser.api.StreamOptions;

/** The options of every command that classifies windows of a longer recording. */
final class StreamingOptions {
  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private EncoderOptions encoder = new EncoderOptions();
  @Mixin private ReferenceOptions reference = new ReferenceOptions();

  @Option(
      names = "--window",
      paramLabel = "S",
      description = "Seconds of a window, 0.1 to 20 (default: 4).")
  private Optional<Double> window = Optional.empty();

  @Option(
      names = "--hop",
      paramLabel = "S",
      description = "Seconds from one window to the next, at most the window (default: 1).")
  private Optional<Double> hop = Optional.empty();

  StreamingOptions() {}

  /** {@return the folder that the model is read from, if it is read from one} */
  List<Path> folder() {
    return model.folder();
  }

  /** {@return the files of the speaker's neutral speech} */
  List<Path> reference() {
    return reference.files();
  }

  /** Loads the model to classify windows with it. */
  EmotionRecognizer load(RecognizerOptions options) {
    return model.load(reference.addTo(encoder.addTo(options)));
  }

  /** Returns the windows; one shorter than the default hop is its own hop. */
  StreamOptions stream() {
    StreamOptions defaults = StreamOptions.defaults();
    double seconds = window.orElse(defaults.windowSeconds());
    return UsageException.requireValue(
        "--window, --hop",
        () -> new StreamOptions(seconds, hop.orElse(Math.min(seconds, defaults.hopSeconds()))));
  }
}
