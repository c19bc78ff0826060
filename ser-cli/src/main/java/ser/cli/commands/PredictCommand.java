package ser.cli.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import ser.api.EmotionRecognizer;
import ser.api.FileResult;
import ser.api.SerException;
import ser.cli.output.CsvRows;
import ser.cli.output.JsonRows;
import ser.cli.output.OutputFile;
import ser.cli.output.Progress;
import ser.cli.output.ResultFormat;
import ser.cli.output.ResultRows;
import ser.cli.output.ResultWriter;
import ser.cli.output.TableRows;
import ser.features.audio.AudioFiles;
import ser.pipeline.io.GrowingFile;

/** Classifies the emotion in files. */
@Command(
    name = "predict",
    description = "Name the emotion in WAV or FLAC files; folders are searched for them.",
    exitCodeList = {
      "0:success",
      "1:something could not be done",
      "2:wrong usage",
      "130:interrupted; FILE.part of --out is kept"
    },
    footerHeading = "%n",
    footer = {
      "The columns of csv and parquet: file, emotion, p_LABEL for each label of the",
      "model, seconds, error. A file that fails is a row with its reason in error and",
      "nothing else. FILE of --out is written as FILE.part and gets its name at the",
      "end, when an older one is replaced; if the run is interrupted, FILE.part holds",
      "the results until then. A spreadsheet may take a file name that begins with =,",
      "+, - or @ for a formula: import csv with such names as text."
    })
public final class PredictCommand implements Callable<Integer> {
  private static final int WIDEST_NAME = 60;
  private static final int INTERRUPTED = 130;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineOptions engine = new EngineOptions();

  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Write the results to FILE, in the format that its name ends in: .csv, .jsonl (or .json)"
              + " or .parquet.")
  private @Nullable Path out;

  @ArgGroup private Form form = new Form();

  @Parameters(
      paramLabel = "FILE|DIR",
      arity = "1..*",
      description = "Audio files, and folders to search.")
  private List<Path> paths = List.of();

  PredictCommand() {}

  /** Either option alone. */
  static final class Form {
    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        description =
            "csv, jsonl or parquet, whatever FILE ends in; csv and jsonl also without --out.")
    private @Nullable ResultFormat format;

    @Option(
        names = "--json",
        description =
            "The same as --format jsonl. One object a line: file, emotion, probabilities, seconds;"
                + " or file and error.")
    private boolean json;

    Form() {}

    Optional<ResultFormat> format() {
      return json ? Optional.of(ResultFormat.JSONL) : Optional.ofNullable(format);
    }
  }

  /** Ends a run after a signal. */
  private static final class Interrupted extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public Integer call() {
    return out == null ? toStandardOutput() : toFile(out);
  }

  private int toStandardOutput() {
    Optional<ResultFormat> format = form.format();
    if (format.equals(Optional.of(ResultFormat.PARQUET))) {
      throw new SerException("--format parquet: is not text; give --out and the file to write");
    }
    Search search = Search.of(paths);
    PrintWriter results = spec.commandLine().getOut();
    // Each result is written at once, so that a long run that is cut off keeps those it has.
    try (EmotionRecognizer recognizer = load(search)) {
      ResultRows rows =
          format.isEmpty()
              ? new TableRows(results, search.nameWidth())
              : format.get() == ResultFormat.CSV
                  ? new CsvRows(results, recognizer.labels())
                  : new JsonRows(results);
      ResultWriter writer = new ResultWriter(rows, spec.commandLine().getErr());
      classify(search, recognizer, writer, !Progress.resultsAreShown(), () -> false);
      rows.finish();
      return writer.failed() == 0 ? 0 : 1;
    } catch (IOException e) {
      throw new SerException("The results cannot be written: " + e.getMessage(), e);
    }
  }

  private int toFile(Path path) {
    ResultFormat format = form.format().orElseGet(() -> ResultFormat.of(path));
    PrintWriter err = spec.commandLine().getErr();
    // A signal takes effect once the file is complete.
    try (Interruption interruption = Interruption.watch();
        GrowingFile file = GrowingFile.open(path)) {
      Search search = Search.of(paths);
      OutputFile.requireNoInput(path, search.files);
      try (EmotionRecognizer recognizer = load(search)) {
        ResultRows rows = format.rows(file.out(), recognizer.labels());
        ResultWriter writer = new ResultWriter(rows, err);
        boolean whole;
        try {
          whole = classify(search, recognizer, writer, true, interruption::isRequested);
        } catch (RuntimeException | Error e) {
          finish(rows, writer);
          throw e;
        }
        if (!whole) {
          finish(rows, writer);
          err.println("ser: interrupted; " + kept(file, writer, search));
          return INTERRUPTED;
        }
        rows.finish();
        file.complete();
        err.printf(
            Locale.ROOT, "%s: %d files, %d failed%n", path, writer.written(), writer.failed());
        return writer.failed() == 0 ? 0 : 1;
      } catch (IOException e) {
        throw file.failure(e);
      }
    }
  }

  /** Ends the format of the results there are; without any, the file is not kept. */
  private static void finish(ResultRows rows, ResultWriter writer) throws IOException {
    if (writer.written() > 0) {
      rows.finish();
    }
  }

  private static String kept(GrowingFile file, ResultWriter writer, Search search) {
    return writer.written() == 0
        ? "no file was classified"
        : "%s holds the results of %d of %d files"
            .formatted(file.part(), writer.written(), search.size());
  }

  private EmotionRecognizer load(Search search) {
    int jobs = Math.min(search.files.size(), Runtime.getRuntime().availableProcessors());
    return model.load(engine.recognizer(jobs));
  }

  /** Classifies all files, or those before an interruption; returns whether it was all. */
  private static boolean classify(
      Search search,
      EmotionRecognizer recognizer,
      ResultWriter writer,
      boolean shown,
      BooleanSupplier interrupted)
      throws IOException {
    for (FileResult.Failed missing : search.notFound) {
      writer.write(missing);
    }
    try (Progress progress =
        shown ? Progress.of("Classifying", search.files.size()) : Progress.hidden()) {
      recognizer.recognizeAll(
          search.files,
          result -> {
            if (interrupted.getAsBoolean()) {
              throw new Interrupted();
            }
            try {
              writer.write(result);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            progress.step();
          });
      return true;
    } catch (Interrupted e) {
      return false;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * The files found under the paths.
   *
   * @param files to classify
   * @param notFound paths without audio
   */
  private record Search(List<Path> files, List<FileResult.Failed> notFound) {
    static Search of(List<Path> paths) {
      List<FileResult.Failed> notFound = new ArrayList<>();
      List<Path> files = new ArrayList<>();
      for (Path path : paths) {
        try {
          files.addAll(audioFiles(path));
        } catch (SerException e) {
          notFound.add(new FileResult.Failed(path, e));
        }
      }
      return new Search(files, notFound);
    }

    int size() {
      return files.size() + notFound.size();
    }

    int nameWidth() {
      int widest = files.stream().mapToInt(file -> file.toString().length()).max().orElse(4);
      return Math.max(4, Math.min(WIDEST_NAME, widest));
    }
  }

  private static List<Path> audioFiles(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> tree = Files.walk(path)) {
      List<Path> found =
          tree.filter(Files::isRegularFile).filter(AudioFiles::isAudio).sorted().toList();
      if (found.isEmpty()) {
        throw new SerException(path + ": no .wav or .flac file in this folder");
      }
      return found;
    } catch (IOException | UncheckedIOException e) {
      throw new SerException("%s: cannot be searched: %s".formatted(path, e.getMessage()), e);
    }
  }
}
