package ser.pipeline.ablation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import ser.api.SerException;
import ser.pipeline.io.Sha256;
import ser.pipeline.metrics.CrossedBootstrap;
import ser.pipeline.metrics.CrossedBootstrap.Draw;
import ser.pipeline.metrics.HolmCorrection;
import ser.pipeline.metrics.Interval;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.metrics.SignFlipTest;
import ser.pipeline.metrics.Summary;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.Recipe;
import ser.pipeline.training.RunResults;

/** Computes an ablation's report. */
final class AblationStatistics {
  private static final long RANDOM_SEED = 1;
  private static final List<String> MEASURES = Measures.all();

  private final List<VariantRuns> variants;
  private final AblationPlan plan;
  private final List<Integer> folds;
  private final List<String> speakers;
  private final List<String> notes = new ArrayList<>();

  /** By variant: the complete runs whose predictions differ, by seed. */
  private final Map<String, TreeMap<Long, RunCounts>> counts = new LinkedHashMap<>();

  /** By variant: whether the predictions of all complete seeds differ. */
  private final Map<String, Boolean> seedsDiffer = new HashMap<>();

  private final Map<String, double[][]> drawn = new HashMap<>();

  AblationStatistics(List<VariantRuns> variants, AblationPlan plan) {
    this.variants = variants;
    this.plan = plan;
    this.folds = plan.folds().isEmpty() ? begunFolds() : plan.folds().stream().sorted().toList();
    requireSameData();
    SortedSet<String> names = new TreeSet<>();
    for (VariantRuns variant : variants) {
      for (long seed : variant.complete(folds)) {
        reports(variant, seed)
            .forEach(report -> report.predictions().forEach(clip -> names.add(clip.speaker())));
      }
    }
    this.speakers = List.copyOf(names);
    for (VariantRuns variant : variants) {
      count(variant);
    }
  }

  private List<Integer> begunFolds() {
    SortedSet<Integer> begun = new TreeSet<>();
    variants.forEach(variant -> variant.runs().values().forEach(run -> begun.addAll(run.begun())));
    return List.copyOf(begun);
  }

  private List<FoldReport> reports(VariantRuns variant, long seed) {
    return Objects.requireNonNull(variant.runs().get(seed)).folds().stream()
        .filter(report -> folds.contains(report.fold()))
        .toList();
  }

  /** All runs are on the clips of the first, in the same folds. */
  private void requireSameData() {
    Optional<RunResults> any =
        variants.stream().flatMap(variant -> variant.runs().values().stream()).findFirst();
    if (any.isEmpty()) {
      return;
    }
    RunResults first = any.get();
    Map<String, List<Clip>> tested = new HashMap<>();
    for (VariantRuns variant : variants) {
      for (RunResults run : variant.runs().values()) {
        requireSame(first, run, "corpus", first.corpus(), run.corpus());
        requireSame(first, run, "protocol", first.protocol(), run.protocol());
        requireSame(first, run, "development", first.development(), run.development());
        requireSame(first, run, "data", first.data(), run.data());
        requireSame(first, run, "left out", first.leftOut(), run.leftOut());
        for (FoldReport fold : run.folds()) {
          List<Clip> clips = new ArrayList<>();
          for (Prediction clip : fold.predictions()) {
            clips.add(new Clip(clip.utterance(), clip.speaker(), fold.labels().get(clip.truth())));
          }
          // A protocol that draws lots has other folds with another seed.
          String key = run.seed() + " " + fold.fold();
          if (!tested.computeIfAbsent(key, unused -> clips).equals(clips)) {
            throw new SerException(
                "%s: fold %d tests other clips than that of another variant; expected the same"
                    .formatted(run.folder(), fold.fold()));
          }
        }
      }
    }
  }

  private record Clip(String utterance, String speaker, String label) {}

  private static void requireSame(
      RunResults first, RunResults run, String key, Object expected, Object found) {
    if (!expected.equals(found)) {
      throw new SerException(
          "%s: holds a run with %s %s, and %s one with %s; expected runs on the same data"
              .formatted(run.folder(), key, found, first.folder(), expected));
    }
  }

  private void count(VariantRuns variant) {
    String name = variant.variant().name();
    TreeMap<Long, RunCounts> bySeed = new TreeMap<>();
    Map<String, Long> seedOf = new HashMap<>();
    boolean differ = true;
    for (long seed : variant.complete(folds)) {
      List<FoldReport> reports = reports(variant, seed);
      Sha256 probabilities = new Sha256();
      reports.forEach(report -> add(probabilities, report));
      Long same = seedOf.putIfAbsent(probabilities.hex(), seed);
      if (same != null) {
        differ = false;
        notes.add(
            "%s: the predictions of seeds %d and %d are identical, so that there is no spread over seeds; they count as one"
                .formatted(name, same, seed));
        continue;
      }
      bySeed.put(
          seed,
          new RunCounts(
              seed,
              reports.stream()
                  .map(
                      report ->
                          FoldCounts.of(report, variant.alignment(seed, report.fold()), speakers))
                  .toList()));
    }
    counts.put(name, bySeed);
    seedsDiffer.put(name, differ);
  }

  private static void add(Sha256 digest, FoldReport report) {
    digest.add("fold-%d %s\n".formatted(report.fold(), report.labels()));
    for (Prediction clip : report.predictions()) {
      digest.add("%s\t%s\t%d".formatted(clip.utterance(), clip.speaker(), clip.truth()));
      for (float probability : clip.probabilities()) {
        digest.add("\t%08x".formatted(Float.floatToIntBits(probability)));
      }
      digest.add("\n");
    }
  }

  AblationReport report() {
    Optional<RunResults> any =
        variants.stream().flatMap(variant -> variant.runs().values().stream()).findFirst();
    if (any.isEmpty()) {
      throw new SerException(
          "None of the runs of %s is begun; expected VARIANT/seed-N in the folder"
              .formatted(String.join(", ", plan.variants().stream().map(Recipe::name).toList())));
    }
    List<VariantSummary> summaries = corrected(variants.stream().map(this::summary).toList());
    noteUntestedLabels();
    return new AblationReport(
        any.get().corpus(),
        any.get().protocol(),
        any.get().development(),
        plan.baseline(),
        folds,
        speakers.size(),
        clips(),
        summaries,
        power(summaries),
        missing(),
        notes,
        digest());
  }

  private int clips() {
    for (VariantRuns variant : variants) {
      for (long seed : variant.complete(folds)) {
        return reports(variant, seed).stream().mapToInt(fold -> fold.predictions().size()).sum();
      }
    }
    return 0;
  }

  private void noteUntestedLabels() {
    counts.values().stream()
        .flatMap(runs -> runs.values().stream())
        .findFirst()
        .ifPresent(
            run ->
                run.folds().stream()
                    .filter(fold -> !fold.untested().isEmpty())
                    .forEach(
                        fold ->
                            notes.add(
                                "fold %d tests no clip of %s; its UA is over the other classes"
                                    .formatted(fold.fold(), String.join(", ", fold.untested())))));
  }

  private List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (VariantRuns variant : variants) {
      for (long seed : plan.seeds()) {
        RunResults run = variant.runs().get(seed);
        String name = "%s, seed %d".formatted(variant.variant().name(), seed);
        if (run == null) {
          missing.add(name + ": not begun");
          continue;
        }
        List<Integer> done = run.folds().stream().map(FoldReport::fold).toList();
        List<String> left =
            folds.stream().filter(fold -> !done.contains(fold)).map(String::valueOf).toList();
        if (!left.isEmpty()) {
          missing.add(
              "%s: %s %s of %d"
                  .formatted(
                      name,
                      left.size() == 1 ? "fold" : "folds",
                      String.join(", ", left),
                      folds.size()));
        }
      }
    }
    return missing;
  }

  private String digest() {
    Sha256 digest = new Sha256();
    for (VariantRuns variant : variants) {
      for (long seed : variant.complete(folds)) {
        digest.add("%s/seed-%d\n".formatted(variant.variant().name(), seed));
        reports(variant, seed).forEach(report -> add(digest, report));
      }
    }
    return digest.hex();
  }

  private VariantSummary summary(VariantRuns variant) {
    String name = variant.variant().name();
    TreeMap<Long, RunCounts> runs = Objects.requireNonNull(counts.get(name));
    List<Long> complete = variant.complete(folds);
    Map<String, MeasureSummary> measures = new LinkedHashMap<>();
    if (!runs.isEmpty()) {
      boolean aligned =
          complete.stream()
              .allMatch(
                  seed ->
                      folds.stream().allMatch(fold -> variant.alignment(seed, fold).isPresent()));
      if (!aligned) {
        notes.add(
            "%s: the alignment of some folds is not computed; 'ser ablate --resume' does it"
                .formatted(name));
      }
      for (int measure = 0; measure < MEASURES.size(); measure++) {
        MeasureSummary summary = measure(name, measure);
        if (!Double.isNaN(summary.mean())
            && (aligned || measure < Measures.ofPredictions().size())) {
          measures.put(MEASURES.get(measure), summary.withComparison(comparison(name, measure)));
        }
      }
    }
    return new VariantSummary(
        name,
        variant.variant().settings(),
        variant.runs().values().stream().findFirst().map(RunResults::parameters).orElse(0L),
        plan.planned().contains(name) && !name.equals(plan.baseline()),
        complete,
        measures,
        trainingSeconds(variant, complete));
  }

  /** That of a median fold for all folds: one that shared the machine with others counts little. */
  private OptionalDouble trainingSeconds(VariantRuns variant, List<Long> seeds) {
    double[] sorted =
        seeds.stream()
            .flatMap(seed -> reports(variant, seed).stream())
            .mapToDouble(FoldReport::seconds)
            .sorted()
            .toArray();
    return sorted.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            folds.size() * (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2);
  }

  private MeasureSummary measure(String name, int measure) {
    TreeMap<Long, RunCounts> runs = Objects.requireNonNull(counts.get(name));
    List<Double> bySeed =
        runs.values().stream().map(run -> run.values(speakers.size())[measure]).toList();
    int[] all = RunCounts.all(speakers.size());
    List<Double> byFold =
        IntStream.range(0, folds.size())
            .mapToObj(
                fold ->
                    runs.values().stream()
                        .mapToDouble(run -> run.folds().get(fold).values(all)[measure])
                        .average()
                        .orElseThrow())
            .toList();
    double mean = mean(bySeed);
    return new MeasureSummary(
        mean,
        bySeed,
        byFold,
        seedsDiffer.getOrDefault(name, false) ? deviation(bySeed) : OptionalDouble.empty(),
        deviation(byFold),
        speakers.size() < 2
            ? Optional.empty()
            : Optional.of(
                interval(measure, mean, drawn(name, List.copyOf(runs.keySet()))[measure])),
        Optional.empty());
  }

  /**
   * The percentile interval. A draw repeats speakers, which makes any calibration error larger:
   * that bias of the draws is subtracted.
   */
  private static Interval interval(int measure, double mean, double[] draws) {
    Interval interval = CrossedBootstrap.interval(draws);
    if (!MEASURES.get(measure).equals(Measures.ECE)) {
      return interval;
    }
    double bias = Arrays.stream(draws).average().orElse(mean) - mean;
    return new Interval(Math.max(0, interval.low() - bias), interval.high() - bias);
  }

  private static double mean(List<Double> values) {
    return Summary.of(values).mean();
  }

  private static OptionalDouble deviation(List<Double> values) {
    return values.size() < 2
        ? OptionalDouble.empty()
        : OptionalDouble.of(Summary.of(values).standardDeviation());
  }

  /** The measures of a variant on each draw of speakers and of some of its seeds. */
  private double[][] drawn(String name, List<Long> seeds) {
    return drawn.computeIfAbsent(
        name + " " + seeds,
        key -> {
          TreeMap<Long, RunCounts> runs = Objects.requireNonNull(counts.get(name));
          List<RunCounts> some =
              seeds.stream().map(seed -> Objects.requireNonNull(runs.get(seed))).toList();
          List<Draw> draws =
              CrossedBootstrap.of(speakers.size(), seeds.size(), RANDOM_SEED).draws();
          double[][] values = new double[MEASURES.size()][draws.size()];
          IntStream.range(0, draws.size())
              .parallel()
              .forEach(
                  draw -> {
                    double[] means = values(some, draws.get(draw));
                    for (int measure = 0; measure < values.length; measure++) {
                      values[measure][draw] = means[measure];
                    }
                  });
          return values;
        });
  }

  private static double[] values(List<RunCounts> runs, Draw draw) {
    double[] sum = new double[MEASURES.size()];
    for (int seed = 0; seed < runs.size(); seed++) {
      int times = draw.seeds()[seed];
      if (times > 0) {
        double[] values = runs.get(seed).values(draw.speakers());
        for (int measure = 0; measure < sum.length; measure++) {
          sum[measure] += times * values[measure];
        }
      }
    }
    return Arrays.stream(sum).map(value -> value / runs.size()).toArray();
  }

  private Optional<Comparison> comparison(String name, int measure) {
    TreeMap<Long, RunCounts> runs = Objects.requireNonNull(counts.get(name));
    TreeMap<Long, RunCounts> baseline = Objects.requireNonNull(counts.get(plan.baseline()));
    List<Long> common = runs.keySet().stream().filter(baseline::containsKey).toList();
    if (name.equals(plan.baseline()) || common.isEmpty()) {
      return Optional.empty();
    }
    double difference =
        common.stream()
            .mapToDouble(seed -> value(runs, seed, measure) - value(baseline, seed, measure))
            .average()
            .orElseThrow();
    if (Double.isNaN(difference)) {
      return Optional.empty(); // the baseline has no such mechanism
    }
    Optional<Interval> interval = Optional.empty();
    Optional<SignFlipTest> test = Optional.empty();
    if (speakers.size() >= 2) {
      double[] ours = drawn(name, common)[measure];
      double[] theirs = drawn(plan.baseline(), common)[measure];
      interval =
          Optional.of(
              CrossedBootstrap.interval(
                  IntStream.range(0, ours.length).mapToDouble(i -> ours[i] - theirs[i]).toArray()));
      if (Measures.isTestedBySpeaker(MEASURES.get(measure))) {
        test =
            Optional.of(
                SignFlipTest.of(
                    IntStream.range(0, speakers.size())
                        .mapToObj(speaker -> ofSpeaker(runs, baseline, common, speaker, measure))
                        .flatMapToDouble(OptionalDouble::stream)
                        .toArray(),
                    RANDOM_SEED));
      }
    }
    return Optional.of(new Comparison(common, difference, interval, test, OptionalDouble.empty()));
  }

  private double value(Map<Long, RunCounts> runs, long seed, int measure) {
    return Objects.requireNonNull(runs.get(seed)).values(speakers.size())[measure];
  }

  /** A speaker's difference, mean over the seeds that test it. */
  private OptionalDouble ofSpeaker(
      Map<Long, RunCounts> runs,
      Map<Long, RunCounts> baseline,
      List<Long> seeds,
      int speaker,
      int measure) {
    return seeds.stream()
        .mapToDouble(
            seed ->
                Objects.requireNonNull(runs.get(seed)).ofSpeaker(speaker, speakers.size())[measure]
                    - Objects.requireNonNull(baseline.get(seed))
                        .ofSpeaker(speaker, speakers.size())[measure])
        .filter(Double::isFinite) // of lots drawn with another seed, a speaker may be in no test
        .average();
  }

  /** Holm's correction over the planned comparisons that there are, for each measure. */
  private static List<VariantSummary> corrected(List<VariantSummary> variants) {
    List<VariantSummary> corrected = new ArrayList<>(variants);
    for (String measure : MEASURES) {
      List<Integer> tested = new ArrayList<>();
      List<Double> p = new ArrayList<>();
      for (int i = 0; i < corrected.size(); i++) {
        Optional<SignFlipTest> test =
            Optional.ofNullable(corrected.get(i).measures().get(measure))
                .flatMap(MeasureSummary::comparison)
                .flatMap(Comparison::test);
        if (corrected.get(i).planned() && test.isPresent()) {
          tested.add(i);
          p.add(test.get().p());
        }
      }
      List<Double> adjusted = HolmCorrection.adjust(p);
      for (int k = 0; k < tested.size(); k++) {
        VariantSummary variant = corrected.get(tested.get(k));
        Map<String, MeasureSummary> measures = new LinkedHashMap<>(variant.measures());
        double value = adjusted.get(k);
        measures.computeIfPresent(
            measure,
            (key, summary) ->
                summary.withComparison(
                    summary.comparison().map(comparison -> comparison.withAdjusted(value))));
        corrected.set(tested.get(k), variant.withMeasures(measures));
      }
    }
    return corrected;
  }

  private static Optional<SeedPower> power(List<VariantSummary> variants) {
    double squares = 0;
    int freedom = 0;
    int seeds = Integer.MAX_VALUE;
    for (VariantSummary variant : variants) {
      MeasureSummary ua = variant.measures().get(Measures.UA);
      if (ua != null) {
        seeds = Math.min(seeds, ua.bySeed().size());
        if (ua.seedDeviation().isPresent()) {
          int own = ua.bySeed().size() - 1;
          squares += own * Math.pow(ua.seedDeviation().getAsDouble(), 2);
          freedom += own;
        }
      }
    }
    return squares == 0
        ? Optional.empty()
        : Optional.of(new SeedPower(Math.sqrt(squares / freedom), freedom, seeds));
  }
}
