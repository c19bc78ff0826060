package ser.cli;

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
import ser.features.audio.AudioFiles;
import ser.features.io.GrowingFile;

/** Names the emotion in files. */
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
      "the answers given until then."
    })
final class PredictCommand implements Callable<Integer> {
  private static final int WIDEST_NAME = 60;
  private static final int INTERRUPTED = 130;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineOptions engine = new EngineOptions();

  @Option(
      names = "--model",
      paramLabel = "M",
      description = "A model package; the bundled one by default.")
  private @Nullable Path model;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Write the answers to FILE, in the format that its name ends in: .csv, .jsonl (or .json)"
              + " or .parquet.")
  private @Nullable Path out;

  @ArgGroup private Form form = new Form();

  @Parameters(paramLabel = "FILE|DIR", arity = "1..*", description = "What to listen to.")
  private List<Path> paths = List.of();

  PredictCommand() {}

  /** Either option alone. */
  static final class Form {
    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        description =
            "csv, jsonl or parquet, whatever FILE ends in; csv and jsonl also without --out.")
    private @Nullable AnswerFormat format;

    @Option(
        names = "--json",
        description =
            "The same as --format jsonl. One object a line: file, emotion, probabilities, seconds;"
                + " or file and error.")
    private boolean json;

    Form() {}

    Optional<AnswerFormat> format() {
      return json ? Optional.of(AnswerFormat.JSONL) : Optional.ofNullable(format);
    }
  }

  /** The process was told to end. */
  private static final class Interrupted extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public Integer call() {
    return out == null ? toStandardOutput() : toFile(out);
  }

  private int toStandardOutput() {
    Optional<AnswerFormat> format = form.format();
    if (format.equals(Optional.of(AnswerFormat.PARQUET))) {
      throw new SerException("--format parquet: is not text; give --out and the file to write");
    }
    Search search = Search.of(paths);
    PrintWriter results = spec.commandLine().getOut();
    // Each answer is given as soon as it is known: a long run that is cut off has not been in vain.
    try (EmotionRecognizer recognizer = load(search)) {
      Rows rows =
          format.isEmpty()
              ? new TableRows(results, search.nameWidth())
              : format.get() == AnswerFormat.CSV
                  ? new CsvRows(results, recognizer.labels())
                  : new JsonRows(results);
      Answers answers = new Answers(rows, spec.commandLine().getErr());
      answer(search, recognizer, answers, !Progress.showsResults(), () -> false);
      rows.finish();
      return answers.failed() == 0 ? 0 : 1;
    } catch (IOException e) {
      throw new SerException("The answers cannot be written: " + e.getMessage(), e);
    }
  }

  private int toFile(Path path) {
    AnswerFormat format = form.format().orElseGet(() -> AnswerFormat.of(path));
    PrintWriter err = spec.commandLine().getErr();
    // Until the file is in order, a signal waits.
    try (Interruption interruption = Interruption.watch();
        GrowingFile file = GrowingFile.open(path)) {
      Search search = Search.of(paths);
      try (EmotionRecognizer recognizer = load(search)) {
        Rows rows = format.rows(file.out(), recognizer.labels());
        Answers answers = new Answers(rows, err);
        boolean whole;
        try {
          whole = answer(search, recognizer, answers, true, interruption::asked);
        } catch (RuntimeException | Error e) {
          finish(rows, answers);
          throw e;
        }
        if (!whole) {
          finish(rows, answers);
          err.println("ser: interrupted; " + kept(file, answers, search));
          return INTERRUPTED;
        }
        rows.finish();
        file.complete();
        err.printf(
            Locale.ROOT, "%s: %d files, %d failed%n", path, answers.given(), answers.failed());
        return answers.failed() == 0 ? 0 : 1;
      } catch (IOException e) {
        throw file.failure(e);
      }
    }
  }

  /** Puts what there is in order; where there is nothing, nothing is to stay. */
  private static void finish(Rows rows, Answers answers) throws IOException {
    if (answers.given() > 0) {
      rows.finish();
    }
  }

  private static String kept(GrowingFile file, Answers answers, Search search) {
    return answers.given() == 0
        ? "no file was answered"
        : "%s holds the answers for %d of %d files"
            .formatted(file.part(), answers.given(), search.size());
  }

  private EmotionRecognizer load(Search search) {
    int jobs = Math.min(search.files.size(), Runtime.getRuntime().availableProcessors());
    return EmotionRecognizer.load(
        Optional.ofNullable(model).orElseGet(Bundle::model), engine.recognizer(jobs));
  }

  /** Gives all answers, or those until the process is told to end. */
  private static boolean answer(
      Search search,
      EmotionRecognizer recognizer,
      Answers answers,
      boolean shown,
      BooleanSupplier interrupted)
      throws IOException {
    for (FileResult.Failed missing : search.notFound) {
      answers.give(missing);
    }
    try (Progress progress =
        shown ? Progress.of("Listening", search.files.size()) : Progress.hidden()) {
      recognizer.recognizeAll(
          search.files,
          outcome -> {
            if (interrupted.getAsBoolean()) {
              throw new Interrupted();
            }
            try {
              answers.give(outcome);
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
   * What was found under the paths.
   *
   * @param files to listen to
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
