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
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import ser.api.ChannelSelection;
import ser.api.EmotionRecognizer;
import ser.api.FileResult;
import ser.api.RecognizerOptions;
import ser.api.SerException;
import ser.cli.output.ControlCharacters;
import ser.cli.output.Count;
import ser.cli.output.CsvRows;
import ser.cli.output.JsonRows;
import ser.cli.output.OutputFile;
import ser.cli.output.Progress;
import ser.cli.output.ResultFormat;
import ser.cli.output.ResultRow;
import ser.cli.output.ResultRows;
import ser.cli.output.ResultWriter;
import ser.cli.output.TableRows;
import ser.features.audio.AudioFiles;
import ser.pipeline.io.FolderSearch;
import ser.pipeline.io.GrowingFile;

/** Classifies the emotion in files. */
@Command(
    name = "predict",
    description = "Name the emotion in audio files; folders are searched for them.",
    exitCodeList = {
      "0:success",
      "1:something could not be done",
      "2:wrong usage",
      "130, 143:interrupted; FILE.part of --out is kept"
    },
    footerHeading = "%n",
    footer = {
      "The columns of csv and parquet: file, channel (with --channel N or each),",
      "emotion, p_LABEL for each label of the model, seconds, error, notes, doubts,",
      "and with --embedding e_0, e_1 and so on.",
      "A file that fails is a row with its reason in error. In folders, links are",
      "followed and a file with several names counts once. FILE of --out is written as",
      "FILE.part and gets its name at the end, when an older one is replaced; if the",
      "run is interrupted, FILE.part holds the results until then. A spreadsheet may",
      "take a file name that begins with =, +, - or @ for a formula: import csv with",
      "such names as text."
    })
public final class PredictCommand implements Callable<Integer> {
  private static final int WIDEST_NAME = 60;
  private static final int INTERRUPTED = 130;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineOptions engine = new EngineOptions();

  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private EncoderOptions encoder = new EncoderOptions();
  @Mixin private ReferenceOptions reference = new ReferenceOptions();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      converter = OutputPath.class,
      description =
          "Write the results to FILE, in the format that its name ends in: .csv, .jsonl (or .json)"
              + " or .parquet.")
  private @Nullable Path out;

  @Option(
      names = "--channel",
      paramLabel = "N|mix|each",
      converter = ChannelOption.class,
      description =
          "The channel to classify, counted from 1; the mean of those that are not silent; or each"
              + " by itself, a result for each (default: mix).")
  private ChannelSelection channel = ChannelSelection.mix();

  @Option(
      names = "--embedding",
      description =
          "Also write the embedding of each result, the input of the model's last layer: for"
              + " clustering, search and classifiers of other labels. Not in the table.")
  private boolean embedding;

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
            "The same as --format jsonl. One object a line: file, emotion, probabilities, seconds"
                + " and notes, doubts and embedding if there are any; or file and error.")
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
    if (embedding && format.isEmpty()) {
      throw new UsageException(
          "--embedding: is not shown in the table; give --json, --format or --out");
    }
    if (format.equals(Optional.of(ResultFormat.PARQUET))) {
      throw new UsageException("--format parquet: is not text; give --out and the file to write");
    }
    Search search = Search.of(paths);
    search.report(spec.commandLine().getErr());
    PrintWriter results = spec.commandLine().getOut();
    // Each result is written at once, so that a long run that is cut off keeps those it has.
    try (EmotionRecognizer recognizer = load(search)) {
      ResultRows rows =
          format.isEmpty()
              ? new TableRows(results, search.nameWidth(channel))
              : format.get() == ResultFormat.CSV
                  ? new CsvRows(results, row(recognizer))
                  : new JsonRows(results);
      ResultWriter writer = writer(rows, format.isEmpty());
      classify(search, recognizer, writer, !Progress.resultsAreShown(), () -> false);
      rows.finish();
      return writer.failed() == 0 ? 0 : 1;
    } catch (IOException e) {
      throw new SerException("The results cannot be written: " + e.getMessage(), e);
    }
  }

  private int toFile(Path path) {
    ResultFormat format = form.format().orElseGet(() -> formatOf(path));
    PrintWriter err = spec.commandLine().getErr();
    // A signal takes effect once the file is complete.
    try (Interruption interruption = Interruption.watch();
        GrowingFile file = GrowingFile.open(path)) {
      Search search = Search.of(paths);
      search.report(err);
      OutputFile.requireNoInput(path, search.files);
      OutputFile.requireNoInput(path, reference.files());
      OutputFile.requireNoInput(path, model.folder());
      try (EmotionRecognizer recognizer = load(search)) {
        ResultRows rows = format.rows(file.out(), row(recognizer));
        ResultWriter writer = writer(rows, false);
        boolean whole;
        try {
          whole = classify(search, recognizer, writer, true, interruption::isRequested);
        } catch (RuntimeException | Error e) {
          finish(rows, writer);
          throw e;
        }
        if (!whole) {
          finish(rows, writer);
          err.println("ser: interrupted; " + ControlCharacters.escape(kept(file, writer, search)));
          return INTERRUPTED;
        }
        rows.finish();
        file.complete();
        err.printf(
            Locale.ROOT,
            "%s: %s, %d failed%s%n",
            ControlCharacters.escape(path.toString()),
            Count.of(writer.written(), channel.isEach() ? "result" : "file"),
            writer.failed(),
            writer.withNotes() == 0 ? "" : ", %d with notes".formatted(writer.withNotes()));
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
        : "%s holds the results of %d of %s"
            .formatted(file.part(), writer.written(), Count.of(search.size(), "file"));
  }

  private static ResultFormat formatOf(Path path) {
    return ResultFormat.ofEnding(path)
        .orElseThrow(
            () ->
                new UsageException(
                    "%s: this ending names no format; give --format, or an ending of these: %s"
                        .formatted(path, ResultFormat.allEndings())));
  }

  private ResultRow row(EmotionRecognizer recognizer) {
    return new ResultRow(
        recognizer.labels(), !channel.isMix(), embedding ? recognizer.embeddingSize() : 0);
  }

  private ResultWriter writer(ResultRows rows, boolean noted) {
    OptionSpec verbose = spec.root().findOption("--verbose");
    boolean traced = verbose != null && Boolean.TRUE.equals(verbose.getValue());
    return new ResultWriter(rows, spec.commandLine().getErr(), traced, noted);
  }

  private EmotionRecognizer load(Search search) {
    int jobs = Math.min(search.files.size(), Runtime.getRuntime().availableProcessors());
    RecognizerOptions options =
        engine.recognizer(jobs).withChannels(channel).withEmbedding(embedding);
    return model.load(reference.addTo(encoder.addTo(options)));
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
   * @param notFound paths without audio, and folders that cannot be searched
   * @param repeated the names of files and folders that were found under another name
   */
  private record Search(List<Path> files, List<FileResult.Failed> notFound, List<Path> repeated) {
    static Search of(List<Path> paths) {
      List<FileResult.Failed> notFound = new ArrayList<>();
      List<Path> files = new ArrayList<>();
      FolderSearch search = new FolderSearch(AudioFiles::isAudio);
      paths.stream().filter(path -> !Files.isDirectory(path)).forEach(search::exclude);
      for (Path path : paths) {
        if (!Files.isDirectory(path)) {
          files.add(path);
          continue;
        }
        int known = search.problems().size() + search.repeated().size();
        List<Path> found = search.files(path);
        if (found.isEmpty() && search.problems().size() + search.repeated().size() == known) {
          notFound.add(failed(path, "no audio file in this folder"));
        }
        files.addAll(found);
      }
      search.problems().forEach(each -> notFound.add(failed(each.path(), each.reason())));
      return new Search(files, notFound, search.repeated());
    }

    private static FileResult.Failed failed(Path path, String reason) {
      return new FileResult.Failed(
          path, OptionalInt.empty(), new SerException(path + ": " + reason));
    }

    /** Reports what was left out. */
    void report(PrintWriter err) {
      if (!repeated.isEmpty()) {
        err.println(
            "note: %s of a file or folder found under another name, such as %s; each counts once"
                .formatted(
                    Count.of(repeated.size(), "more name"),
                    ControlCharacters.escape(repeated.get(0).toString())));
      }
    }

    int size() {
      return files.size() + notFound.size();
    }

    int nameWidth(ChannelSelection channel) {
      int widest = files.stream().mapToInt(file -> file.toString().length()).max().orElse(4);
      int suffix = channel.isMix() ? 0 : ", channel 1".length();
      return Math.max(4, Math.min(WIDEST_NAME, widest + suffix));
    }
  }
}
