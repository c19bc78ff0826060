package ser.cli.commands;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import ser.api.ChannelSelection;
import ser.api.EmotionRecognizer;
import ser.api.SerException;
import ser.cli.output.ControlCharacters;
import ser.cli.output.Count;
import ser.cli.output.OutputFile;
import ser.cli.output.Progress;
import ser.cli.output.ResultFormat;
import ser.cli.output.WindowPrinter;
import ser.pipeline.io.GrowingFile;

/** Writes the emotions in a file, window by window or segment by segment. */
@Command(
    name = "timeline",
    description = {
      "Name the emotion in each window of an audio file of any length, or in each segment of speech.",
      "Windows without speech have no emotion."
    },
    exitCodeList = {
      "0:success",
      "1:something could not be done",
      "2:wrong usage",
      "130, 143:interrupted; the results until then are in FILE.part"
    })
public final class TimelineCommand implements Callable<Integer> {
  private static final int INTERRUPTED = 130;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private StreamingOptions streaming = new StreamingOptions();

  @Option(
      names = "--json",
      description =
          "One object a line: start, end, emotion, probabilities; also in FILE, whatever its name"
              + " ends in.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      converter = OutputPath.class,
      description = "Write to FILE, in the format that its name ends in: .csv, .jsonl or .json.")
  private @Nullable Path out;

  @Option(
      names = "--channel",
      paramLabel = "N|mix",
      converter = ChannelOption.class,
      description =
          "The channel to classify, counted from 1, or the mean of those that are not silent"
              + " (default: mix).")
  private ChannelSelection channel = ChannelSelection.mix();

  @Parameters(paramLabel = "FILE", description = "An audio file.")
  private Path file = Path.of("");

  TimelineCommand() {}

  /** Ends a run after a signal. */
  private static final class Interrupted extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public Integer call() {
    streaming.check();
    if (channel.isEach()) {
      throw new UsageException("--channel each: a timeline is of one channel; give N or mix");
    }
    return out == null ? toStandardOutput() : toFile(out);
  }

  private int toStandardOutput() {
    PrintWriter results = spec.commandLine().getOut();
    try (EmotionRecognizer recognizer = load()) {
      WindowPrinter printer =
          json ? WindowPrinter.json(results) : WindowPrinter.table(results, recognizer.labels());
      classify(recognizer, printer, Progress.resultsAreShown());
    }
    return 0;
  }

  private int toFile(Path path) {
    ResultFormat format = json ? ResultFormat.JSONL : formatOf(path);
    OutputFile.requireNoInput(path, List.of(file));
    OutputFile.requireNoInput(path, streaming.folder());
    OutputFile.requireNoInput(path, streaming.reference());
    PrintWriter err = spec.commandLine().getErr();
    // A signal takes effect once the file is complete.
    try (Interruption interruption = Interruption.watch();
        GrowingFile growing = GrowingFile.open(path);
        EmotionRecognizer recognizer = load()) {
      PrintWriter rows =
          new PrintWriter(new OutputStreamWriter(growing.out(), StandardCharsets.UTF_8));
      WindowPrinter printer =
          format == ResultFormat.CSV
              ? WindowPrinter.csv(rows, recognizer.labels())
              : WindowPrinter.json(rows);
      long[] written = {0};
      try {
        classify(
            recognizer,
            window -> {
              if (interruption.isRequested()) {
                throw new Interrupted();
              }
              printer.accept(window);
              requireWritten(rows, path);
              written[0]++;
            },
            false);
      } catch (Interrupted e) {
        err.printf(
            "ser: interrupted; %s holds %s%n",
            ControlCharacters.escape(growing.part().toString()),
            Count.of(written[0], streaming.unit()));
        return INTERRUPTED;
      }
      growing.complete();
      err.printf(
          "%s: %s%n",
          ControlCharacters.escape(path.toString()), Count.of(written[0], streaming.unit()));
      return 0;
    }
  }

  private static ResultFormat formatOf(Path path) {
    return ResultFormat.ofEnding(path)
        .filter(ending -> ending != ResultFormat.PARQUET)
        .orElseThrow(
            () ->
                new UsageException(
                    path
                        + ": a timeline is written as .csv, .jsonl or .json; give --json for"
                        + " JSON lines in a file of another ending"));
  }

  /** Flushes the rows. */
  private static void requireWritten(PrintWriter rows, Path path) {
    if (rows.checkError()) {
      throw new SerException(path + ": cannot write any more; is the disk full?");
    }
  }

  private EmotionRecognizer load() {
    return streaming.load(
        engine.recognizer(Runtime.getRuntime().availableProcessors()).withChannels(channel));
  }

  private void classify(EmotionRecognizer recognizer, WindowPrinter printer, boolean hidden) {
    List<String> notes;
    boolean[] found = {false};
    try (Shown shown = new Shown(hidden)) {
      notes =
          streaming.classify(
              recognizer,
              file,
              result -> {
                found[0] = true;
                printer.accept(result);
              },
              shown::onProgress);
    }
    if (!found[0]) {
      notes = new ArrayList<>(notes);
      notes.add("no speech was found");
    }
    for (String note : notes) {
      spec.commandLine().getErr().println("note: " + ControlCharacters.escape(file + ": " + note));
    }
  }

  /** A bar in seconds of sound, from the time when their number is known. */
  private static final class Shown implements AutoCloseable {
    private @Nullable Progress progress;

    Shown(boolean hidden) {
      this.progress = hidden ? Progress.hidden() : null;
    }

    void onProgress(double seconds, OptionalDouble total) {
      if (progress == null) {
        progress = Progress.of("Classifying", Math.round(total.orElse(-1)));
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
