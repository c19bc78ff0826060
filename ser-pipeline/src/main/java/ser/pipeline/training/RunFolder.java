package ser.pipeline.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ser.api.SerException;
import ser.graph.tensor.Tensor;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.io.Folders;
import ser.pipeline.io.OptionalFile;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;

/**
 * The folder of a run: {@code run.json} with the settings, {@code report.json} and {@code
 * report.txt}, and a folder {@code fold-N} for each fold that was begun. A fold that has {@code
 * predictions.json} is done.
 */
final class RunFolder {
  /** An epoch and its loss in a line of the table of losses. */
  private static final Pattern LOSS = Pattern.compile("(\\d{1,9}),([-\\d.]+|NaN|-?Infinity),.*");

  private static final String PREDICTIONS = "predictions.json";

  private final Path path;

  /**
   * Names a folder.
   *
   * @param path the folder, which need not exist
   */
  RunFolder(Path path) {
    this.path = path;
  }

  /**
   * Begins a run in the folder, or resumes the one that it holds.
   *
   * @param settings the run's
   * @param earlierData the hash of the data in runs of versions 1 and 2; computed for such a run
   * @param resume whether the folder may hold a begun run
   * @throws SerException when the folder cannot be made, holds a run and {@code resume} is false,
   *     or holds another run
   */
  void begin(RunJson settings, Supplier<String> earlierData, boolean resume) {
    Folders.make(path);
    if (!resume) {
      requireFresh();
    }
    boolean begun = isBegun();
    Path file = path.resolve("run.json");
    if (begun) {
      settings.requireSame(path, file, earlierData);
    } else {
      write(file, JsonFile.bytes(settings));
    }
  }

  /** Checks that the folder holds no run. */
  void requireFresh() {
    if (isBegun()) {
      throw new SerException(
          "%s: already holds a run; add --resume to go on with it, or choose another folder"
              .formatted(path));
    }
  }

  /**
   * Checks that none of some folds was begun and is not done.
   *
   * @param folds their numbers; empty for all
   */
  void requireNotCutOff(List<Integer> folds) {
    Set<Path> wanted = folds.stream().map(this::foldFolder).collect(Collectors.toSet());
    for (Path fold : begun()) {
      if ((wanted.isEmpty() || wanted.contains(fold))
          && !OptionalFile.isThere(fold.resolve(PREDICTIONS))) {
        throw cutOff(path);
      }
    }
  }

  /** Returns the refusal of a run that is not complete, in a folder that may hold complete ones. */
  static SerException cutOff(Path run) {
    return new SerException(
        "%s: holds a run that was begun; add --resume to go on with it, or choose another folder"
            .formatted(run));
  }

  /** {@return whether the folder holds a run, of which a fold was begun} */
  boolean isBegun() {
    return !begun().isEmpty();
  }

  private List<Path> begun() {
    if (!Files.exists(path)) {
      return List.of();
    }
    try (Stream<Path> content = Files.list(path)) {
      return content.filter(file -> file.getFileName().toString().startsWith("fold-")).toList();
    } catch (IOException e) {
      throw new SerException("%s: cannot be listed: %s".formatted(path, e), e);
    }
  }

  Path path() {
    return path;
  }

  /** {@return whether the fold was trained and tested} */
  boolean isDone(int fold) {
    return OptionalFile.isThere(predictionsFile(fold));
  }

  /** {@return the report of a fold; empty when it is not done} */
  Optional<FoldReport> report(int fold) {
    if (!isDone(fold)) {
      return Optional.empty();
    }
    Path file = predictionsFile(fold);
    FoldReport report = PredictionsJson.read(file);
    if (report.fold() != fold) {
      throw new SerException(
          "%s: has the predictions of fold %d; expected those of fold %d"
              .formatted(file, report.fold(), fold));
    }
    return Optional.of(report);
  }

  /** Makes the folder of a fold that is going to be trained. */
  void beginFold(int fold) {
    Folders.make(foldFolder(fold));
  }

  Path checkpointFile(int fold) {
    return foldFolder(fold).resolve("checkpoint.safetensors");
  }

  /** {@return the table of a fold's losses} */
  Path logFile(int fold) {
    return foldFolder(fold).resolve("log.csv");
  }

  /**
   * Reads the mean loss of each epoch of a fold.
   *
   * @return by epoch from 1; a line of the table that cannot be read is left out
   */
  SortedMap<Integer, Double> losses(int fold) {
    SortedMap<Integer, Double> losses = new TreeMap<>();
    Path log = logFile(fold);
    if (!OptionalFile.isThere(log)) {
      return losses;
    }
    try {
      for (String line : Files.readAllLines(log)) {
        Matcher epoch = LOSS.matcher(line);
        if (epoch.matches()) {
          losses.put(Integer.parseInt(epoch.group(1)), Double.parseDouble(epoch.group(2)));
        }
      }
    } catch (IOException e) {
      throw new SerException("%s: cannot be read: %s".formatted(log, e.getMessage()), e);
    }
    return losses;
  }

  /** Writes a fold's model and predictions; the fold is done then. */
  void finishFold(FoldReport report, ModelDescription model, Map<String, Tensor> weights) {
    ModelPackage.write(
        foldFolder(report.fold()).resolve("model"), model, weights, ModelCard.of(model));
    // Last: a fold that has predictions is done.
    write(predictionsFile(report.fold()), JsonFile.bytes(PredictionsJson.of(report)));
  }

  /** Writes the report on the folds that are done. */
  void writeReport(ExperimentReport report) {
    write(path.resolve("report.json"), JsonFile.bytes(ReportJson.of(report)));
    write(path.resolve("report.txt"), report.toText().getBytes(StandardCharsets.UTF_8));
  }

  private Path foldFolder(int fold) {
    return path.resolve("fold-" + fold);
  }

  private Path predictionsFile(int fold) {
    return foldFolder(fold).resolve(PREDICTIONS);
  }

  private static void write(Path file, byte[] content) {
    AtomicFile.write(file, out -> out.write(content));
  }
}
