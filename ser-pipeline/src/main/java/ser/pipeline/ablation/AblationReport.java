package ser.pipeline.ablation;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.protocol.Protocols;

/**
 * The comparison of an ablation's variants, from the predictions of their runs. It has no times of
 * training in its files' tables: runs that were cut off and resumed give the same bytes.
 *
 * @param corpus the corpus's name
 * @param protocol the protocol's name
 * @param development whether the speakers tested are development speakers, held out for choices of
 *     the recipe, and not those of the protocol's test
 * @param baseline the variant that the others are compared with
 * @param folds the numbers of the folds
 * @param speakers the number of test speakers
 * @param clips the number of test clips of a run
 * @param variants in the order of the plan
 * @param power what the seeds can tell apart; empty where no variant has two different seeds
 * @param missing what is not done: a sentence for each run
 * @param notes sentences that the figures must be read with
 * @param digest SHA-256 over the predictions of the complete runs and the names of their folders,
 *     in hexadecimal
 */
public record AblationReport(
    String corpus,
    String protocol,
    boolean development,
    String baseline,
    List<Integer> folds,
    int speakers,
    int clips,
    List<VariantSummary> variants,
    Optional<SeedPower> power,
    List<String> missing,
    List<String> notes,
    String digest) {
  /** The file with all figures. */
  public static final String JSON = "ablation.json";

  /** The file with the tables. */
  public static final String MARKDOWN = "ablation.md";

  /** The file with the times of training. */
  public static final String TIMES = "times.json";

  /** {@return whether a name is that of a file that an ablation writes into its folder} */
  static boolean isFile(String name) {
    return name.equals(TIMES) || name.startsWith("ablation.") || name.startsWith("ablation-");
  }

  /** Copies the lists. */
  public AblationReport {
    folds = List.copyOf(folds);
    variants = List.copyOf(variants);
    missing = List.copyOf(missing);
    notes = List.copyOf(notes);
  }

  /** {@return corpus and protocol, and that the speakers are development speakers if they are} */
  public String title() {
    return corpus + ", " + protocol + (development ? ", development speakers" : "");
  }

  /** {@return how many folds, and of how many where they are not all of the protocol's} */
  public String foldsInWords() {
    int all = Protocols.foldCount(protocol).orElse(folds.size());
    return folds.size() < all
        ? "%d of %d folds".formatted(folds.size(), all)
        : folds.size() == 1 ? "1 fold" : folds.size() + " folds";
  }

  /**
   * Compares what the runs in a folder have given so far.
   *
   * @param out the folder of an ablation
   * @param plan the variants, seeds and folds; without folds, all that any run has begun
   * @return the comparison
   * @throws ser.api.SerException when a run cannot be read, is not the plan's, or is on other data
   *     than the others
   */
  public static AblationReport read(Path out, AblationPlan plan) {
    return of(new AblationFolder(out).read(plan), plan);
  }

  /**
   * Finds the variants, seeds and begun folds in a folder.
   *
   * @param out the folder of an ablation
   * @return the plan of all that is there, in the order of the toolkit's recipes, then by name
   * @throws ser.api.SerException when there is no run or one cannot be read
   */
  public static AblationPlan discover(Path out) {
    return new AblationFolder(out).discover();
  }

  static AblationReport of(List<VariantRuns> runs, AblationPlan plan) {
    return new AblationStatistics(runs, plan).report();
  }

  /** {@return the text of {@code ablation.json}} */
  public String toJson() {
    return AblationJson.text(this);
  }

  /** {@return the text of {@code ablation.md}} */
  public String toMarkdown() {
    return AblationTables.markdown(this);
  }

  /** {@return the table of the times of training, in Markdown} */
  public String timesToMarkdown() {
    return AblationTables.times(this);
  }

  /**
   * Writes {@code ablation.json}, {@code ablation.md} and {@code times.json}, each as a whole.
   *
   * @param out the folder of the ablation
   * @throws ser.api.SerException when one cannot be written
   */
  public void write(Path out) {
    write(out.resolve(JSON), toJson());
    write(out.resolve(MARKDOWN), toMarkdown());
    write(out.resolve(TIMES), AblationJson.times(this));
  }

  private static void write(Path file, String text) {
    AtomicFile.write(file, stream -> stream.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
