package ser.pipeline.ablation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.Device;
import ser.api.SerException;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.Backends;
import ser.pipeline.alignment.AlignmentReport;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.protocol.Protocols;
import ser.pipeline.training.Experiment;
import ser.pipeline.training.ExperimentSettings;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.Recipe;
import ser.pipeline.training.Recipes;
import ser.pipeline.training.ToneCorpus;
import ser.pipeline.training.TrainingListener;
import ser.pipeline.training.TrainingRecipe;

/** Real trainings of two variants with two seeds in two folds of two epochs each. */
class AblationTests {
  private static final List<Integer> FOLDS = List.of(1, 3);
  private static final Counts COUNTS = new Counts();

  private static Corpus corpus = Nothing.NONE;
  private static Path whole = Path.of("");
  private static AblationReport report = Nothing.EMPTY;

  private final Path out;

  AblationTests(@TempDir Path folder) {
    this.out = folder.resolve("out");
  }

  /** Before the first test. */
  private static final class Nothing {
    static final Corpus NONE =
        new Corpus(
            "none",
            List.of("x"),
            List.of(Utterance.of("none", "x", Path.of("x"), "x", "x")),
            List.of());
    static final AblationReport EMPTY =
        new AblationReport(
            "",
            "",
            false,
            "",
            List.of(),
            0,
            0,
            List.of(),
            Optional.empty(),
            List.of(),
            List.of(),
            "");
  }

  /** Counts what a listener is called with. */
  private static final class Counts implements AblationListener {
    private final AtomicInteger features = new AtomicInteger();
    private final Map<AblationUnit, Integer> folds = new ConcurrentHashMap<>();

    @Override
    public void features(int done, int total) {
      features.incrementAndGet();
    }

    @Override
    public void fold(AblationUnit unit, FoldReport foldReport) {
      folds.merge(unit, 1, Integer::sum);
    }
  }

  private static Recipe recipe(String name) {
    Recipe recipe = Recipes.named(name);
    TrainingRecipe training =
        TrainingRecipe.defaults().withEpochs(2).withBatchSize(4).withSpeeds(List.of(0.9, 1.0));
    return recipe.withSettings(recipe.settings().withTraining(training));
  }

  private static AblationPlan plan() {
    return AblationPlan.of(List.of(recipe("mhsa"), recipe("fa")), List.of(1L, 2L)).withFolds(FOLDS);
  }

  private static Experiment.Setup setup() {
    return Experiment.Setup.of(Backends.best())
        .withJobs(2)
        .withBackendOptions(BackendOptions.defaults().withDevice(Device.CPU).withThreads(1));
  }

  private static Optional<AblationReport> run(
      Path out,
      AblationPlan plan,
      boolean resume,
      AblationListener listener,
      BooleanSupplier stop) {
    return new Ablation(corpus, Protocols.named("loso"), plan, setup(), out, listener, stop)
        .run(resume);
  }

  @BeforeAll
  static void runToTheEnd(@TempDir Path shared) {
    corpus = ToneCorpus.write(shared.resolve("corpus"), 4, 2, 2);
    whole = shared.resolve("whole");
    report = run(whole, plan(), false, COUNTS, AblationTests::never).orElseThrow();
    report.write(whole);
  }

  @Test
  void eachFoldOfEachRunIsTrainedOnceOnFeaturesThatAreComputedOnce() {
    assertThat(COUNTS.folds).hasSize(8).allSatisfy((unit, times) -> assertThat(times).isOne());
    assertThat(COUNTS.features).hasValue(corpus.utterances().size());
    assertThat(report.missing()).isEmpty();
    assertThat(report.variants())
        .extracting(VariantSummary::name, VariantSummary::seeds)
        .containsExactly(tuple("mhsa", List.of(1L, 2L)), tuple("fa", List.of(1L, 2L)));
    assertThat(report.variants().get(1).parameters())
        .isGreaterThan(report.variants().get(0).parameters());
  }

  @Test
  void aRunIsToTheBitThatOfAnExperiment() {
    ExperimentSettings fa = recipe("fa").settings();
    new Experiment(
            corpus,
            Protocols.named("loso"),
            setup().withJobs(1).withSettings(fa).withSeed(2).withFolds(FOLDS),
            out,
            TrainingListener.SILENT,
            AblationTests::never)
        .run(false);

    for (String file : List.of("run.json", "fold-3/model/weights.safetensors")) {
      assertThat(whole.resolve("fa/seed-2").resolve(file))
          .hasSameBinaryContentAs(out.resolve(file));
    }
  }

  @Test
  void anAblationThatIsStoppedAndResumedGivesTheSameTables() {
    AtomicInteger asked = new AtomicInteger();
    BooleanSupplier often = () -> asked.incrementAndGet() % 13 == 0; // of features, too
    Optional<AblationReport> resumed = Optional.empty();
    int stops = 0;
    while (resumed.isEmpty()) {
      resumed = run(out, plan(), true, AblationListener.SILENT, often);
      stops += resumed.isEmpty() ? 1 : 0;
    }
    resumed.get().write(out);

    assertThat(stops).isPositive();
    for (String file : List.of(AblationReport.JSON, AblationReport.MARKDOWN)) {
      assertThat(out.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
    }
  }

  @Test
  void whatIsDoneIsComparedAsItIs() {
    AtomicInteger folds = new AtomicInteger();
    AblationListener counting =
        new AblationListener() {
          @Override
          public void fold(AblationUnit unit, FoldReport foldReport) {
            folds.incrementAndGet();
          }
        };
    // Of three folds, two are trained at once: the first run is cut off.
    AblationPlan longer = plan().withFolds(List.of(1, 2, 3));
    assertThat(run(out, longer, false, counting, () -> folds.get() >= 1)).isEmpty();

    AblationPlan found = AblationReport.discover(out);
    AblationReport partial = AblationReport.read(out, longer);

    assertThat(found.variants()).contains(recipe("mhsa"));
    assertThat(partial.missing()).isNotEmpty().anySatisfy(line -> assertThat(line).contains("fa"));
    assertThatThrownBy(() -> run(out, longer, false, counting, AblationTests::never))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("holds a run that was begun; add --resume to go on with it");
  }

  @Test
  void theAlignmentOfEachFoldsModelIsMeasuredOnce() throws IOException {
    Path alignment = whole.resolve("fa/seed-1/fold-3/alignment.json");
    assertThat(AlignmentReport.read(alignment).clips()).isEqualTo(4);
    assertThat(report.variants())
        .allSatisfy(
            variant ->
                assertThat(variant.measures()).containsKeys("pearson", "pearsonOverShuffled"));
    assertThat(report.variants().get(1).measures()).containsKey("widthSeconds");
    assertThat(report.variants().get(0).measures()).doesNotContainKey("widthSeconds");
    byte[] before = Files.readAllBytes(alignment);

    Files.delete(alignment);
    assertThat(AblationReport.read(whole, plan()).notes())
        .containsExactly(
            "fa: the alignment of some folds is not computed; 'ser ablate --resume' does it");
    AtomicInteger measured = new AtomicInteger();
    AblationListener counting =
        new AblationListener() {
          @Override
          public void aligned(AblationUnit unit) {
            measured.incrementAndGet();
          }
        };
    assertThat(run(whole, plan(), false, counting, AblationTests::never)).contains(report);

    assertThat(measured).hasValue(1);
    assertThat(alignment).hasBinaryContent(before);
  }

  @Test
  void completeRunsAreTakenAsTheyAre() throws IOException {
    Path weights = whole.resolve("fa/seed-1/fold-1/model/weights.safetensors");
    FileTime before = Files.getLastModifiedTime(weights);

    Optional<AblationReport> again =
        run(whole, plan(), false, AblationListener.SILENT, AblationTests::never);

    assertThat(again).contains(report);
    assertThat(Files.getLastModifiedTime(weights)).isEqualTo(before);
    AblationPlan found = AblationReport.discover(whole);
    assertThat(found.variants()).containsExactly(recipe("mhsa"), recipe("fa"));
    assertThat(AblationReport.read(whole, found).toJson()).isEqualTo(report.toJson());
  }

  @Test
  void anotherRunInAFolderIsRefused() {
    Recipe longer =
        recipe("fa")
            .withSettings(
                recipe("fa")
                    .settings()
                    .withTraining(recipe("fa").settings().training().withEpochs(3)));
    AblationPlan other =
        AblationPlan.of(List.of(recipe("mhsa"), longer), List.of(1L, 2L)).withFolds(FOLDS);

    assertThatThrownBy(() -> run(whole, other, true, AblationListener.SILENT, AblationTests::never))
        .isInstanceOf(SerException.class)
        .hasMessageContainingAll("fa", "seed-1", "holds a run with epochs 2, found 3");
    assertThatThrownBy(() -> AblationReport.read(whole, other))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("holds a run with other settings than the variant fa");
  }

  @Test
  void foldsWithoutTheSettingsOfTheirRunAreRefused() throws IOException {
    Path run = out.resolve("fa/seed-1");
    Files.createDirectories(run.resolve("fold-1"));
    assertThatThrownBy(() -> AblationReport.discover(out))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(run + ": has folds, but no run.json");
    assertThatThrownBy(() -> run(out, plan(), true, AblationListener.SILENT, AblationTests::never))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("without the settings of its run, " + run + " cannot be resumed");
    assertThat(run.resolve("run.json")).doesNotExist();
  }

  @Test
  void aFolderWithoutRunsIsNamed() {
    assertThatThrownBy(() -> AblationReport.discover(whole.resolve("mhsa/seed-1/fold-1")))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("holds no run; expected VARIANT/seed-N/run.json");
    assertThatThrownBy(() -> AblationReport.discover(out))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("no such folder");
  }

  @Test
  void predictionsThatAreDamagedAreNamed() throws IOException {
    Path run = out.resolve("mhsa/seed-1");
    Files.createDirectories(run.resolve("fold-1"));
    Files.copy(whole.resolve("mhsa/seed-1/run.json"), run.resolve("run.json"));
    Path predictions = Files.writeString(run.resolve("fold-1/predictions.json"), "{\"fold\": ");

    assertThatThrownBy(() -> AblationReport.read(out, AblationReport.discover(out)))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(predictions + ": cannot be read");
  }

  private static boolean never() {
    return false;
  }
}
