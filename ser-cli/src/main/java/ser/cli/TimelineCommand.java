package ser.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import ser.api.EmotionRecognizer;
import ser.api.SerException;
import ser.api.StreamOptions;
import ser.features.io.GrowingFile;

/** Says how emotions follow one another in a file. */
@Command(
    name = "timeline",
    description = {
      "Name the emotion in each window of a WAV or FLAC file of any length.",
      "Windows of silence, below -80 dB of full scale, have no emotion."
    },
    exitCodeList = {
      "0:success",
      "1:something could not be done",
      "2:wrong usage",
      "130:interrupted; what was heard is in FILE.part"
    })
final class TimelineCommand implements Callable<Integer> {
  private static final int INTERRUPTED = 130;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private StreamingOptions streaming = new StreamingOptions();

  @Option(names = "--json", description = "One object a line: start, end, emotion, probabilities.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write to FILE, in the format that its name ends in: .csv, .jsonl or .json.")
  private @Nullable Path out;

  @Parameters(paramLabel = "FILE", description = "WAV or FLAC.")
  private Path file = Path.of("");

  TimelineCommand() {}

  /** The process was told to end. */
  private static final class Interrupted extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public Integer call() {
    StreamOptions options = streaming.stream();
    return out == null ? toStandardOutput(options) : toFile(options, out);
  }

  private int toStandardOutput(StreamOptions options) {
    PrintWriter results = spec.commandLine().getOut();
    try (EmotionRecognizer recognizer = load()) {
      Moments moments = json ? Moments.json(results) : Moments.table(results, recognizer.labels());
      listen(recognizer, options, moments, Progress.showsResults());
    }
    return 0;
  }

  private int toFile(StreamOptions options, Path path) {
    AnswerFormat format = AnswerFormat.of(path);
    if (format == AnswerFormat.PARQUET) {
      throw new SerException(path + ": a timeline is written as .csv, .jsonl or .json");
    }
    PrintWriter err = spec.commandLine().getErr();
    // Until the file is in order, a signal waits.
    try (Interruption interruption = Interruption.watch();
        GrowingFile growing = GrowingFile.open(path);
        EmotionRecognizer recognizer = load()) {
      PrintWriter rows =
          new PrintWriter(new OutputStreamWriter(growing.out(), StandardCharsets.UTF_8));
      Moments moments =
          format == AnswerFormat.CSV ? Moments.csv(rows, recognizer.labels()) : Moments.json(rows);
      long[] given = {0};
      try {
        listen(
            recognizer,
            options,
            moment -> {
              if (interruption.asked()) {
                throw new Interrupted();
              }
              moments.accept(moment);
              requireWritten(rows, path);
              given[0]++;
            },
            false);
      } catch (Interrupted e) {
        err.printf("ser: interrupted; %s holds %d windows%n", growing.part(), given[0]);
        return INTERRUPTED;
      }
      growing.complete();
      err.printf("%s: %d windows%n", path, given[0]);
      return 0;
    }
  }

  /** What is written is at once where it goes. */
  private static void requireWritten(PrintWriter rows, Path path) {
    if (rows.checkError()) {
      throw new SerException(path + ": cannot write any more; is the disk full?");
    }
  }

  private EmotionRecognizer load() {
    return EmotionRecognizer.load(
        streaming.model(), engine.recognizer(Runtime.getRuntime().availableProcessors()));
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
