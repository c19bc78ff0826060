package ser.cli.commands;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import ser.api.EmotionRecognizer;
import ser.api.EmotionStream;
import ser.api.ProgressListener;
import ser.api.RecognizerOptions;
import ser.api.SegmentOptions;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;

/** The options of every command that classifies windows or segments of a longer recording. */
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

  @Option(
      names = "--segments",
      description =
          "Classify segments of speech, which end with a pause, instead of windows of one length.")
  private boolean segmented;

  @Option(
      names = "--pause",
      paramLabel = "S",
      description = "Seconds of a pause that ends a segment, 0.1 to 5 (default: 0.5).")
  private Optional<Double> pause = Optional.empty();

  @Option(
      names = "--longest",
      paramLabel = "S",
      description = "Seconds of the longest segment, 1 to 20 (default: 10).")
  private Optional<Double> longest = Optional.empty();

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

  /** Checks the options. */
  void check() {
    if (segmented) {
      String reason = "is of windows, which --segments has none of; expected --pause or --longest";
      requireAbsent("--window", window, reason);
      requireAbsent("--hop", hop, reason);
      segments();
    } else {
      String reason = "is of segments; expected --segments";
      requireAbsent("--pause", pause, reason);
      requireAbsent("--longest", longest, reason);
      windows();
    }
  }

  private static void requireAbsent(String option, Optional<Double> value, String reason) {
    if (value.isPresent()) {
      throw new UsageException(option + ": " + reason);
    }
  }

  /** Classifies a file; returns the notes on it. */
  List<String> classify(
      EmotionRecognizer recognizer,
      Path file,
      Consumer<WindowRecognition> results,
      ProgressListener progress) {
    return segmented
        ? recognizer.segments(file, segments(), results, progress)
        : recognizer.timeline(file, windows(), results, progress);
  }

  /** Opens a stream. */
  EmotionStream open(
      EmotionRecognizer recognizer, int sampleRate, Consumer<WindowRecognition> results) {
    return segmented
        ? recognizer.segmentStream(sampleRate, segments(), results)
        : recognizer.stream(sampleRate, windows(), results);
  }

  /** Returns when the first result can be expected. */
  String firstResult() {
    return segmented
        ? "after the first segment of speech"
        : String.format(Locale.ROOT, "after %.1f s", windows().windowSeconds());
  }

  /** Returns what the results are of, in the singular. */
  String unit() {
    return segmented ? "segment" : "window";
  }

  private SegmentOptions segments() {
    SegmentOptions defaults = SegmentOptions.defaults();
    SegmentOptions paused =
        UsageException.requireValue(
            "--pause", () -> pause.map(defaults::withPause).orElse(defaults));
    return UsageException.requireValue(
        "--longest", () -> longest.map(paused::withLongest).orElse(paused));
  }

  /** Returns the windows; one shorter than the default hop is its own hop. */
  private StreamOptions windows() {
    StreamOptions defaults = StreamOptions.defaults();
    double seconds = window.orElse(defaults.windowSeconds());
    StreamOptions windows =
        UsageException.requireValue(
            "--window", () -> new StreamOptions(seconds, Math.min(seconds, defaults.hopSeconds())));
    return UsageException.requireValue("--hop", () -> hop.map(windows::withHop).orElse(windows));
  }
}
