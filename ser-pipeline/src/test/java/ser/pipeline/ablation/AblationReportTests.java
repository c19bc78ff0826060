package ser.pipeline.ablation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import ser.api.SerException;
import ser.pipeline.alignment.AlignmentMeasure;
import ser.pipeline.alignment.AlignmentReport;
import ser.pipeline.alignment.AlignmentReport.SpeakerSums;
import ser.pipeline.alignment.AlignmentReport.Sum;
import ser.pipeline.metrics.Interval;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.training.ExperimentSettings;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.Recipe;
import ser.pipeline.training.RunResults;

/** Figures of predictions made by hand: two folds of two speakers, four clips each. */
class AblationReportTests {
  private static final List<String> LABELS = List.of("a", "b");

  private static Recipe recipe(String name) {
    return new Recipe(name, ExperimentSettings.defaults());
  }

  /**
   * A run in which each speaker's clips, two of each class, are right or wrong.
   *
   * @param right for each of speakers 1 to 4 the number of clips recognised, class a first
   */
  private static RunResults run(String name, long seed, int... right) {
    List<FoldReport> folds = new ArrayList<>();
    for (int fold = 1; fold <= right.length / 2; fold++) {
      List<Prediction> predictions = new ArrayList<>();
      for (int speaker = 2 * fold - 1; speaker <= 2 * fold; speaker++) {
        for (int clip = 0; clip < 4; clip++) {
          int truth = clip / 2;
          int predicted = clip < right[speaker - 1] ? truth : 1 - truth;
          float p = 0.9f + 0.001f * seed;
          predictions.add(
              Prediction.of(
                  "clip-%d-%d".formatted(speaker, clip),
                  "speaker" + speaker,
                  truth,
                  predicted == 0 ? new float[] {p, 1 - p} : new float[] {1 - p, p}));
        }
      }
      folds.add(new FoldReport(fold, LABELS, predictions, 10));
    }
    return new RunResults(
        Path.of(name, "seed-" + seed),
        "made-up",
        "loso",
        seed,
        false,
        ExperimentSettings.defaults(),
        List.of(),
        "hash",
        new TreeSet<>(List.of(1, 2)),
        folds);
  }

  /** A run with other folds, all of them done. */
  private static RunResults with(RunResults run, boolean development, List<FoldReport> folds) {
    return new RunResults(
        run.folder(),
        run.corpus(),
        run.protocol(),
        run.seed(),
        development,
        run.settings(),
        run.leftOut(),
        run.data(),
        folds.stream().map(FoldReport::fold).collect(Collectors.toCollection(TreeSet::new)),
        folds);
  }

  private static VariantRuns runs(String name, RunResults... runs) {
    SortedMap<Long, RunResults> bySeed = new TreeMap<>();
    for (RunResults run : runs) {
      bySeed.put(run.seed(), run);
    }
    return new VariantRuns(recipe(name), bySeed, Map.of());
  }

  private static AblationPlan plan(List<Long> seeds, String... names) {
    return AblationPlan.of(Arrays.stream(names).map(AblationReportTests::recipe).toList(), seeds);
  }

  private static MeasureSummary ua(AblationReport report, int variant) {
    return Objects.requireNonNull(report.variants().get(variant).measures().get(Measures.UA));
  }

  private static AblationReport twoVariants() {
    return AblationReport.of(
        List.of(
            runs("mhsa", run("mhsa", 1, 2, 2, 2, 2), run("mhsa", 2, 3, 3, 2, 2)),
            runs("fa", run("fa", 1, 4, 4, 2, 2), run("fa", 2, 4, 4, 4, 4))),
        plan(List.of(1L, 2L), "mhsa", "fa"));
  }

  @Test
  void meanAndSpreadAreOverFoldsAndThenSeeds() {
    AblationReport report = twoVariants();

    // mhsa: seed 1 has 0.5 in both folds, seed 2 has 0.75 and 0.5.
    MeasureSummary mhsa = ua(report, 0);
    assertThat(mhsa.bySeed()).containsExactly(0.5, 0.625);
    assertThat(mhsa.byFold()).containsExactly(0.625, 0.5);
    assertThat(mhsa.mean()).isEqualTo(0.5625);
    assertThat(mhsa.seedDeviation().orElseThrow()).isCloseTo(0.125 / Math.sqrt(2), within(1e-12));
    assertThat(mhsa.foldDeviation().orElseThrow()).isCloseTo(0.125 / Math.sqrt(2), within(1e-12));
    assertThat(mhsa.comparison()).isEmpty();
    assertThat(report.speakers()).isEqualTo(4);
    assertThat(report.clips()).isEqualTo(16);
    assertThat(report.missing()).isEmpty();
  }

  /** A draw that repeats a speaker has larger errors than the whole; see the interval's bias. */
  @Test
  void theIntervalOfTheCalibrationErrorHoldsItsMean() {
    AblationReport report = twoVariants();
    for (VariantSummary variant : report.variants()) {
      MeasureSummary error = Objects.requireNonNull(variant.measures().get(Measures.ECE));
      Interval interval = error.interval().orElseThrow();
      assertThat(error.mean()).isBetween(interval.low(), interval.high());
      assertThat(interval.low()).isNotNegative();
    }
  }

  @Test
  void aRunOnDevelopmentSpeakersSaysSo() {
    RunResults run = run("mhsa", 1, 2, 2, 2, 2);
    RunResults chosen = with(run, true, run.folds());
    AblationPlan plan = plan(List.of(1L), "mhsa");
    AblationReport report = AblationReport.of(List.of(runs("mhsa", chosen)), plan);
    assertThat(report.toMarkdown()).startsWith("# Ablation: made-up, loso, development speakers\n");
    assertThat(report.toJson()).contains("\"development\" : true");
    AblationReport tested = AblationReport.of(List.of(runs("mhsa", run)), plan);
    assertThat(tested.toMarkdown()).startsWith("# Ablation: made-up, loso\n");
    assertThat(tested.toJson()).doesNotContain("development");
  }

  @Test
  void foldsThatAreNotAllOfTheProtocolsSayOfHowMany() {
    RunResults run = run("mhsa", 1, 2, 2, 2, 2);
    RunResults sixFold =
        new RunResults(
            run.folder(),
            run.corpus(),
            "ravdess-6fold",
            run.seed(),
            run.development(),
            run.settings(),
            run.leftOut(),
            run.data(),
            run.begun(),
            run.folds());
    AblationPlan plan = plan(List.of(1L), "mhsa");
    assertThat(AblationReport.of(List.of(runs("mhsa", sixFold)), plan).toMarkdown())
        .contains("\n2 of 6 folds, ");
    assertThat(AblationReport.of(List.of(runs("mhsa", run)), plan).toMarkdown())
        .contains("\n2 folds, ");
  }

  /** One fold of three shared the machine and took ten times as long. */
  @Test
  void theTimeOfTrainingIsThatOfAMedianFold() {
    RunResults run = run("mhsa", 1, 2, 2, 2, 2);
    List<FoldReport> folds = new ArrayList<>();
    for (int fold = 1; fold <= 3; fold++) {
      FoldReport any = run.folds().get(0);
      folds.add(
          new FoldReport(fold, any.labels(), any.predictions(), fold == 2 ? 1000 : 90 + fold));
    }
    RunResults disturbed = with(run, run.development(), folds);
    AblationReport report =
        AblationReport.of(List.of(runs("mhsa", disturbed)), plan(List.of(1L), "mhsa"));
    assertThat(report.timesToMarkdown()).contains("| `mhsa` | 279 |");
  }

  @Test
  void differencesArePairedBySeedAndSpeaker() {
    Comparison fa = ua(twoVariants(), 1).comparison().orElseThrow();

    // fa has 0.75 and 1: differences of 0.25 and 0.375.
    assertThat(fa.difference()).isCloseTo(0.3125, within(1e-12));
    // Speakers 1 and 2: (0.5 + 0.25)/2; 3 and 4: (0 + 0.5)/2. All positive: 2 of 16 signs.
    assertThat(fa.test().orElseThrow().p()).isEqualTo(0.125);
    assertThat(fa.test().orElseThrow().exact()).isTrue();
    assertThat(fa.adjusted().orElseThrow()).isEqualTo(0.125);
    // The extreme draws are one seed and one kind of speaker twice: 0 and 0.5.
    assertThat(fa.interval().orElseThrow().low()).isBetween(0.0, 0.25);
    assertThat(fa.interval().orElseThrow().high()).isBetween(0.375, 0.5);
  }

  @Test
  void thePowerComesFromThePooledSpreadOverSeeds() {
    SeedPower power = twoVariants().power().orElseThrow();

    // Deviations 0.125/√2 and 0.25/√2: the root of the mean of their squares.
    assertThat(power.deviation()).isCloseTo(Math.sqrt((0.0078125 + 0.03125) / 2), within(1e-12));
    assertThat(power.degreesOfFreedom()).isEqualTo(2);
    assertThat(power.seeds()).isEqualTo(2);
  }

  /** A spread of 0 would detect any difference. */
  @Test
  void seedsOfEqualUaGiveNoPower() {
    AblationReport report =
        AblationReport.of(
            List.of(runs("mhsa", run("mhsa", 1, 2, 1, 2, 1), run("mhsa", 2, 1, 2, 1, 2))),
            plan(List.of(1L, 2L), "mhsa"));

    assertThat(ua(report, 0).seedDeviation()).hasValue(0);
    assertThat(report.power()).isEmpty();
  }

  @Test
  void aSingleSeedHasNoSpread() {
    AblationReport report =
        AblationReport.of(
            List.of(runs("mhsa", run("mhsa", 1, 2, 2, 2, 2))), plan(List.of(1L), "mhsa"));

    assertThat(ua(report, 0).seedDeviation()).isEmpty();
    assertThat(ua(report, 0).foldDeviation()).isPresent();
    assertThat(report.power()).isEmpty();
    assertThat(report.toMarkdown()).contains("Power: not known");
  }

  @Test
  void seedsWithIdenticalPredictionsHaveNoSpread() {
    RunResults first = run("mhsa", 1, 2, 2, 2, 2);
    RunResults copy =
        new RunResults(
            Path.of("mhsa", "seed-2"),
            first.corpus(),
            first.protocol(),
            2,
            first.development(),
            first.settings(),
            first.leftOut(),
            first.data(),
            first.begun(),
            first.folds());

    AblationReport report =
        AblationReport.of(
            List.of(runs("mhsa", first, copy, run("mhsa", 3, 3, 3, 3, 3))),
            plan(List.of(1L, 2L, 3L), "mhsa"));

    assertThat(ua(report, 0).bySeed()).containsExactly(0.5, 0.75);
    assertThat(ua(report, 0).seedDeviation()).isEmpty();
    assertThat(report.notes())
        .contains(
            "mhsa: the predictions of seeds 1 and 2 are identical, so that there is no spread over seeds; they count as one");
    assertThat(report.toMarkdown()).contains("predictions of seeds 1 and 2 are identical");
  }

  @Test
  void runsThatAreNotCompleteAreMissingAndComparedOnCommonSeeds() {
    AblationReport report =
        AblationReport.of(
            List.of(
                runs("mhsa", run("mhsa", 1, 2, 2, 2, 2), run("mhsa", 2, 3, 3)),
                runs("fa", run("fa", 1, 4, 4, 2, 2), run("fa", 2, 4, 4, 4, 4))),
            plan(List.of(1L, 2L, 3L), "mhsa", "fa"));

    assertThat(report.missing())
        .containsExactly(
            "mhsa, seed 2: fold 2 of 2", "mhsa, seed 3: not begun", "fa, seed 3: not begun");
    assertThat(report.variants().get(0).seeds()).containsExactly(1L);
    assertThat(report.variants().get(1).seeds()).containsExactly(1L, 2L);
    Comparison fa = ua(report, 1).comparison().orElseThrow();
    assertThat(fa.seeds()).containsExactly(1L);
    assertThat(fa.difference()).isEqualTo(0.25);
  }

  @Test
  void holmsCorrectionIsOverThePlannedComparisons() {
    List<VariantRuns> runs =
        List.of(
            runs("mhsa", run("mhsa", 1, 2, 2, 2, 2)),
            runs("fa", run("fa", 1, 4, 4, 4, 4)),
            runs("ca", run("ca", 1, 3, 3, 3, 2)),
            runs("x", run("x", 1, 3, 2, 2, 2)));
    AblationPlan all = plan(List.of(1L), "mhsa", "fa", "ca", "x");

    AblationReport report = AblationReport.of(runs, all.withPlanned(List.of("fa", "ca")));

    // p = 2/16, 2/8 (one speaker without a difference), 1
    assertThat(ua(report, 1).comparison().orElseThrow().adjusted().orElseThrow()).isEqualTo(0.25);
    assertThat(ua(report, 2).comparison().orElseThrow().adjusted().orElseThrow()).isEqualTo(0.25);
    assertThat(ua(report, 3).comparison().orElseThrow().adjusted()).isEmpty();
    assertThat(report.variants().get(3).planned()).isFalse();
  }

  @Test
  void theDigestNamesThePredictionsAndNotTheTimes() {
    RunResults run = run("mhsa", 1, 2, 2, 2, 2);
    RunResults slower =
        with(
            run,
            run.development(),
            run.folds().stream()
                .map(fold -> new FoldReport(fold.fold(), fold.labels(), fold.predictions(), 99))
                .toList());
    AblationPlan plan = plan(List.of(1L), "mhsa");
    AblationReport first = AblationReport.of(List.of(runs("mhsa", run)), plan);
    AblationReport second = AblationReport.of(List.of(runs("mhsa", slower)), plan);

    assertThat(second.toMarkdown()).isEqualTo(first.toMarkdown()).contains(first.digest());
    assertThat(second.toJson()).isEqualTo(first.toJson());
    assertThat(second.timesToMarkdown()).contains("| `mhsa` | 198 |");
    assertThat(AblationReport.of(List.of(runs("mhsa", run("mhsa", 1, 2, 2, 2, 3))), plan).digest())
        .isNotEqualTo(first.digest());
  }

  @Test
  void aClassWithoutATestedClipIsNoted() {
    List<Prediction> onlyFirst =
        List.of(
            Prediction.of("x", "anna", 0, new float[] {0.8f, 0.2f}),
            Prediction.of("y", "bert", 0, new float[] {0.7f, 0.3f}));
    RunResults run = run("mhsa", 1, 2, 2, 2, 2);
    RunResults lacking =
        new RunResults(
            run.folder(),
            run.corpus(),
            run.protocol(),
            1,
            run.development(),
            run.settings(),
            run.leftOut(),
            run.data(),
            new TreeSet<>(List.of(1)),
            List.of(new FoldReport(1, LABELS, onlyFirst, 1)));

    assertThat(AblationReport.of(List.of(runs("mhsa", lacking)), plan(List.of(1L), "mhsa")).notes())
        .contains("fold 1 tests no clip of b; its UA is over the other classes");
  }

  /**
   * Gives each fold of runs an alignment.
   *
   * @param correlations of the four speakers' clips, four each
   */
  private static VariantRuns aligned(VariantRuns runs, double... correlations) {
    Map<Integer, AlignmentReport> folds =
        Map.of(
            1, alignment(1, correlations[0], correlations[1]),
            2, alignment(3, correlations[2], correlations[3]));
    return new VariantRuns(
        runs.variant(),
        runs.runs(),
        runs.runs().keySet().stream().collect(Collectors.toMap(seed -> seed, seed -> folds)));
  }

  private static AlignmentReport alignment(int firstSpeaker, double first, double second) {
    List<SpeakerSums> speakers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      double value = i == 0 ? first : second;
      Map<AlignmentMeasure, Sum> sums =
          Map.of(AlignmentMeasure.PEARSON, new Sum(4, 4 * value, 4, 4 * value, 4 * 0.1));
      speakers.add(new SpeakerSums("speaker" + (firstSpeaker + i), 4, sums, List.of(sums)));
    }
    return new AlignmentReport(0.08, 1, 1, 10, speakers);
  }

  @Test
  void theAlignmentIsComparedAsTheAccuracyIs() {
    AblationReport report =
        AblationReport.of(
            List.of(
                aligned(runs("mhsa", run("mhsa", 1, 2, 2, 2, 2)), 0.1, 0.1, 0.2, 0.2),
                aligned(runs("fa", run("fa", 1, 4, 4, 4, 4)), 0.5, 0.3, 0.6, 0.4)),
            plan(List.of(1L), "mhsa", "fa"));

    MeasureSummary pearson =
        Objects.requireNonNull(report.variants().get(1).measures().get("pearson"));
    assertThat(pearson.byFold().get(0)).isCloseTo(0.4, within(1e-12));
    assertThat(pearson.mean()).isCloseTo(0.45, within(1e-12));
    Comparison comparison = pearson.comparison().orElseThrow();
    assertThat(comparison.difference()).isCloseTo(0.3, within(1e-12));
    assertThat(comparison.test().orElseThrow().p()).isEqualTo(0.125);
    MeasureSummary over =
        Objects.requireNonNull(report.variants().get(0).measures().get("pearsonOverShuffled"));
    assertThat(over.mean()).isCloseTo(0.05, within(1e-12));
    assertThat(report.variants().get(0).measures()).doesNotContainKey("entropy");
    assertThat(report.toMarkdown())
        .contains(
            "## Alignment of attention with amplitude", "| Pearson correlation | 0.150 | 0.450 |");
    assertThat(report.notes()).isEmpty();
  }

  @Test
  void anAlignmentThatIsNotComputedIsNoted() {
    AblationReport report =
        AblationReport.of(
            List.of(runs("mhsa", run("mhsa", 1, 2, 2, 2, 2))), plan(List.of(1L), "mhsa"));

    assertThat(report.notes())
        .containsExactly(
            "mhsa: the alignment of some folds is not computed; 'ser ablate --resume' does it");
    assertThat(report.variants().get(0).measures().keySet())
        .containsExactlyElementsOf(Measures.ofPredictions());
  }

  @Test
  void runsOnOtherDataAreRefused() {
    RunResults run = run("fa", 1, 2, 2, 2, 2);
    RunResults other =
        new RunResults(
            run.folder(),
            run.corpus(),
            run.protocol(),
            1,
            run.development(),
            run.settings(),
            run.leftOut(),
            "other",
            run.begun(),
            run.folds());
    assertThatThrownBy(
            () ->
                AblationReport.of(
                    List.of(runs("mhsa", run("mhsa", 1, 2, 2, 2, 2)), runs("fa", other)),
                    plan(List.of(1L), "mhsa", "fa")))
        .isInstanceOf(SerException.class)
        .hasMessageContainingAll("fa", "data other", "mhsa", "hash", "expected runs on the same");
  }

  @Test
  void aPlanWithAMistakeIsRefused() {
    assertThatThrownBy(() -> plan(List.of(1L), "mhsa", "mhsa"))
        .hasMessage("The variant mhsa is given twice; expected each once");
    assertThatThrownBy(() -> plan(List.of(1L, 1L), "mhsa"))
        .hasMessage("The seed 1 is given twice; expected each once");
    assertThatThrownBy(() -> plan(List.of(1L), "mhsa", "fa").withBaseline("ca"))
        .hasMessage("The baseline 'ca' is not among the variants mhsa, fa");
    assertThatThrownBy(() -> plan(List.of(1L), "mhsa").withPlanned(List.of("fa")))
        .hasMessage("The planned comparison 'fa' is not among the variants mhsa");
    assertThatThrownBy(() -> plan(List.of(), "mhsa"))
        .hasMessage("An ablation needs a variant and a seed or more, found 1 and 0");
    assertThat(plan(List.of(1L), "fa", "ca").baseline()).isEqualTo("fa");
  }
}
