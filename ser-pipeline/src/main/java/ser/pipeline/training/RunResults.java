package ser.pipeline.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import ser.api.SerException;
import ser.attention.Encoder;
import ser.graph.tensor.Tensor;
import tools.jackson.databind.node.ObjectNode;

/**
 * The results that a run folder holds so far, read without the corpus.
 *
 * @param folder the run folder
 * @param corpus the corpus's name
 * @param protocol the protocol's name
 * @param seed of everything random
 * @param development whether development speakers were kept out of training, and tested
 * @param settings encoder, features, trimming and training; what {@code run.json} lacks has its
 *     default
 * @param leftOut ids of the clips that were left out
 * @param data the hash of the clips
 * @param begun the numbers of the folds that were begun, done or not
 * @param folds the folds that are done, by number
 */
public record RunResults(
    Path folder,
    String corpus,
    String protocol,
    long seed,
    boolean development,
    ExperimentSettings settings,
    List<String> leftOut,
    String data,
    SortedSet<Integer> begun,
    List<FoldReport> folds) {
  private static final Pattern FOLD = Pattern.compile("fold-([1-9][0-9]{0,8})");

  /** Copies the lists. */
  public RunResults {
    leftOut = List.copyOf(leftOut);
    begun = new TreeSet<>(begun);
    folds = List.copyOf(folds);
  }

  /**
   * Reads a run folder.
   *
   * @param folder the output folder of a training
   * @return its settings and results
   * @throws SerException when {@code run.json} is missing, damaged, of a version before 3 or newer
   *     than this toolkit's, or the predictions of a fold cannot be read; names the file
   */
  public static RunResults read(Path folder) {
    Path file = folder.resolve("run.json");
    ObjectNode found = JsonFile.readObject(file);
    int version = RunJson.FORMAT.versionOf(file, found);
    if (version < RunJson.FORMAT.version()) {
      throw new SerException(
          "%s: is version %d, whose hash of the data cannot be compared; expected version %d, which a new run has"
              .formatted(file, version, RunJson.FORMAT.version()));
    }
    RunJson run = RunJson.read(file, found);
    SortedSet<Integer> begun = begun(folder);
    RunFolder results = new RunFolder(folder);
    List<FoldReport> folds = new ArrayList<>();
    for (int fold : begun) {
      results.report(fold).ifPresent(folds::add);
    }
    return new RunResults(
        folder,
        run.corpus(),
        run.protocol(),
        run.seed(),
        run.hasDevelopment(),
        run.recipe().settings(file),
        run.leftOut(),
        run.data(),
        begun,
        folds);
  }

  /**
   * Counts the parameters of a model, means and variances of the normalisations among them.
   *
   * @return the number; 0 when no fold is done, because the number of classes is not known then
   */
  public long parameters() {
    return folds.isEmpty()
        ? 0
        : Encoder.inference(settings.encoderFor(folds.get(0).labels().size())).parameters().stream()
            .mapToLong(parameter -> Tensor.sizeOf(parameter.type().fixedShape()))
            .sum();
  }

  private static SortedSet<Integer> begun(Path folder) {
    SortedSet<Integer> numbers = new TreeSet<>();
    try (Stream<Path> content = Files.list(folder)) {
      content.forEach(
          path -> {
            Matcher name = FOLD.matcher(String.valueOf(path.getFileName()));
            if (name.matches()) {
              numbers.add(Integer.parseInt(name.group(1)));
            }
          });
    } catch (IOException e) {
      throw new SerException("%s: cannot be listed: %s".formatted(folder, e), e);
    }
    return numbers;
  }
}
