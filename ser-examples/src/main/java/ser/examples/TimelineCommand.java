package ser.examples;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import ser.api.SerException;
import ser.api.recognition.EmotionRecognizer;
import ser.api.recognition.StreamOptions;
import ser.features.io.AtomicFile;

/** Says how emotions follow one another in a file. */
@Command(
    name = "timeline",
    description = {
      "Name the emotion in each window of a WAV or FLAC file of any length.",
      "Windows of silence, below -80 dB of full scale, have no emotion."
    })
final class TimelineCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private StreamingOptions streaming = new StreamingOptions();

  @Option(names = "--json", description = "One object a line: start, end, emotion, probabilities.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "F.csv|F.jsonl",
      description = "Write to a file instead, as its name ends: CSV, or JSON lines.")
  private @Nullable Path out;

  @Parameters(paramLabel = "FILE", description = "WAV or FLAC.")
  private Path file = Path.of("");

  TimelineCommand() {}

  @Override
  public Integer call() {
    StreamOptions options = streaming.stream();
    if (out != null && !isCsv(out) && !isJson(out)) {
      throw new SerException(
          "--out %s: expected a name that ends in .csv or .jsonl".formatted(out));
    }
    try (EmotionRecognizer recognizer =
        EmotionRecognizer.load(
            streaming.model(), engine.recognizer(Runtime.getRuntime().availableProcessors()))) {
      if (out == null) {
        PrintWriter results = spec.commandLine().getOut();
        listen(
            recognizer,
            options,
            json ? Moments.json(results) : Moments.table(results, recognizer.labels()),
            Progress.showsResults());
      } else {
        Path target = out;
        // A signal must not leave half a file behind.
        try (Interruption interruption = Interruption.watch()) {
          AtomicFile.write(
              target, stream -> write(recognizer, options, isCsv(target), stream, interruption));
        }
      }
    }
    return 0;
  }

  private void write(
      EmotionRecognizer recognizer,
      StreamOptions options,
      boolean csv,
      OutputStream stream,
      Interruption interruption)
      throws IOException {
    PrintWriter rows = new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
    Moments moments = csv ? Moments.csv(rows, recognizer.labels()) : Moments.json(rows);
    listen(
        recognizer,
        options,
        moment -> {
          if (interruption.asked()) {
            throw new SerException("interrupted; nothing was written");
          }
          moments.accept(moment);
        },
        false);
    if (rows.checkError()) {
      throw new IOException("not everything arrived; is the disk full?");
    }
  }

  private static boolean isCsv(Path out) {
    return out.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
  }

  private static boolean isJson(Path out) {
    return out.toString().toLowerCase(Locale.ROOT).endsWith(".jsonl");
  }

  private void listen(
      EmotionRecognizer recognizer, StreamOptions options, Moments moments, boolean hidden) {
    try (Shown shown = new Shown(hidden)) {
      recognizer.timeline(file, options, moments, shown::heard);
    }
  }

  /** A bar in seconds of sound, from the moment when their number is known. */
  private static final class Shown implements AutoCloseable {
    private @Nullable Progress progress;

    Shown(boolean hidden) {
      this.progress = hidden ? Progress.hidden() : null;
    }

    void heard(double seconds, OptionalDouble total) {
      if (progress == null) {
        progress = Progress.of("Listening", Math.round(total.orElse(-1)));
      }
      progress.to(Math.round(seconds));
    }

    @Override
    public void close() {
      if (progress != null) {
        progress.close();
      }
    }
  }
}
