package ser.cli.commands;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import ser.pipeline.ablation.Ablation;
import ser.pipeline.ablation.AblationPlan;
import ser.pipeline.ablation.AblationReport;
import ser.pipeline.corpus.Corpora;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.modelpackage.EncoderReference;
import ser.pipeline.pretrained.CachedEncoder;
import ser.pipeline.protocol.Protocol;
import ser.pipeline.protocol.Protocols;
import ser.pipeline.training.Experiment;
import ser.pipeline.training.ExperimentSettings;
import ser.pipeline.training.Recipe;
import ser.pipeline.training.Recipes;
import ser.report.ablation.AblationCharts;
import ser.report.ablation.AblationPage;

/** Trains variants with several seeds and compares them. */
@Command(
    name = "ablate",
    description =
        "Train variants with several seeds for each fold of a protocol, and compare them on the"
            + " speakers held out.",
    footer = {
      "",
      "OUT/VARIANT/seed-N is a run folder as 'ser train' makes it. An ablation can be",
      "interrupted or killed at any time and goes on with --resume, to the same",
      "tables where backend, machine and threads are the same: OUT/ablation.md,",
      "OUT/ablation.json and the page OUT/ablation.html; OUT/ablation-*.svg are its",
      "charts. OUT/times.json has the times."
    },
    exitCodeList = {
      "0:success",
      "1:something could not be done",
      "2:wrong usage",
      "130, 143:interrupted; the state is kept"
    })
public final class AblateCommand implements Callable<Integer> {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,9})-(\\d{1,9})");
  private static final int MOST_SEEDS = 1000;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private CorpusOptions data = new CorpusOptions();
  @Mixin private RunOptions run = new RunOptions();
  @Mixin private EncoderCacheOptions encoder = new EncoderCacheOptions();

  @Option(
      names = "--protocol",
      required = true,
      paramLabel = "P",
      description =
          "ravdess-6fold, text-independent, iemocap-5session, loso, speaker-kfold:K, given or random.")
  private String protocol = "";

  @Option(
      names = "--variants",
      required = true,
      split = ",",
      paramLabel = "R",
      completionCandidates = RecipeNames.class,
      description = "The variants: recipe files F.json, or names among ${COMPLETION-CANDIDATES}.")
  private List<String> variants = List.of();

  @Option(
      names = "--seeds",
      split = ",",
      paramLabel = "N",
      defaultValue = "1-5",
      description = "Seeds, such as 1,2,3 or 1-5 (default: ${DEFAULT-VALUE}).")
  private List<String> seeds = List.of();

  @Option(
      names = "--baseline",
      paramLabel = "V",
      description =
          "The variant that the others are compared with (default: mhsa, else the first).")
  private Optional<String> baseline = Optional.empty();

  @Option(
      names = "--planned",
      split = ",",
      paramLabel = "V",
      description =
          "Variants whose comparisons were planned: Holm's correction is over them, and the others"
              + " are exploratory (default: all).")
  private List<String> planned = List.of();

  /** Frees from the options of training, as help does. */
  @Option(
      names = "--report-only",
      help = true,
      description =
          "Compare what the runs in OUT have given so far, and train nothing. Expects --out; --variants, --seeds and"
              + " --folds choose among the runs, --baseline and --planned the comparisons.")
  private boolean reportOnly;

  @Option(
      names = "--power",
      paramLabel = "D",
      description = "Also print the number of seeds at which a difference of UA of D is detected.")
  private Optional<Double> power = Optional.empty();

  AblateCommand() {}

  @Override
  public Integer call() {
    if (power.isPresent() && !(power.get() > 0 && power.get() <= 1)) {
      throw new UsageException(
          "--power: found %s; expected more than 0 and at most 1".formatted(power.get()));
    }
    if (reportOnly) {
      if (run.out().toString().isEmpty()) {
        throw new UsageException("--report-only expects --out, the folder of the runs");
      }
      print(AblationReport.read(run.out(), writtenPlan()));
      return 0;
    }
    List<Recipe> recipes = recipes();
    Optional<CachedEncoder> opened = encoder.open(recipes.get(0).settings());
    try {
      return train(
          opened.map(each -> with(EncoderReference.to(each), recipes)).orElse(recipes), opened);
    } finally {
      opened.ifPresent(each -> EncoderCacheOptions.close(each, spec.commandLine().getErr()));
    }
  }

  private static List<Recipe> with(EncoderReference reference, List<Recipe> recipes) {
    return recipes.stream()
        .map(recipe -> recipe.withSettings(recipe.settings().withPretrained(reference)))
        .toList();
  }

  private int train(List<Recipe> recipes, Optional<CachedEncoder> opened) {
    PrintWriter err = spec.commandLine().getErr();
    AblationPlan plan = plan(recipes, seeds());
    requireDifferent(recipes);
    for (Recipe recipe : recipes) {
      recipe.requireEffect();
      encoder.requireGiven(recipe.settings());
    }
    Protocol protocol =
        UsageException.requireValue("--protocol", () -> Protocols.named(this.protocol));
    if (protocol.name().equals(Protocols.CROSS_CORPUS)) {
      throw new UsageException(
          "--protocol: found cross-corpus, which has a single fold without other speakers to compare; expected a protocol of folds, or 'ser train' for each variant");
    }
    run.check();
    if (!run.resume()) {
      Ablation.requireNotCutOff(plan, run.out());
    }
    Corpus corpus = Corpora.join(data.relabelled(data.open(err)));
    protocol.warning().ifPresent(warning -> err.println("WARNING: " + warning));
    Experiment.Setup setup = run.setup(engine, data, opened);
    // A signal takes effect once the states are written.
    try (Interruption interruption = Interruption.watch()) {
      Optional<AblationReport> report;
      try (AblationProgress progress = new AblationProgress(err)) {
        report =
            new Ablation(
                    corpus, protocol, plan, setup, run.out(), progress, interruption::isRequested)
                .run(run.resume());
      }
      if (report.isEmpty()) {
        err.println(RunOptions.INTERRUPTION);
        return RunOptions.INTERRUPTED;
      }
      print(report.get());
      return 0;
    }
  }

  /** The same training twice is no comparison. */
  private static void requireDifferent(List<Recipe> recipes) {
    Map<ExperimentSettings, String> names = new HashMap<>();
    for (Recipe recipe : recipes) {
      String other = names.putIfAbsent(recipe.settings(), recipe.name());
      if (other != null) {
        throw new UsageException(
            "--variants: %s and %s have the same settings; expected variants that differ"
                .formatted(other, recipe.name()));
      }
    }
  }

  private void print(AblationReport report) {
    PrintWriter writer = spec.commandLine().getOut();
    writer.print(report.toMarkdown());
    String times = report.timesToMarkdown();
    writer.print(times.isEmpty() ? "" : "\n" + times);
    if (power.isPresent()) {
      writer.println();
      writer.println(
          report
              .power()
              .map(
                  seeds ->
                      "A difference of %s is detected with %d seeds of each variant."
                          .formatted(power.get(), seeds.seedsFor(power.get())))
              .orElse("The power is not known: it needs two seeds of a variant whose UA differs."));
    }
    writer.flush();
    report.write(run.out());
    AblationPage.of(report).write(run.out().resolve(AblationPage.FILE));
    AblationCharts.write(report, run.out());
  }

  /** The plan of --report-only: what is given, else what is there. */
  private AblationPlan writtenPlan() {
    boolean seedsGiven = spec.commandLine().getParseResult().hasMatchedOption("--seeds");
    AblationPlan found = AblationReport.discover(run.out());
    if (!found.folds().containsAll(run.folds())) {
      throw new UsageException(
          "--folds: the runs have the folds %s, found %s".formatted(found.folds(), run.folds()));
    }
    List<Recipe> wanted =
        variants.isEmpty()
            ? found.variants()
            : variants.stream().map(variant -> named(variant, found)).toList();
    return plan(wanted, seedsGiven ? seeds() : found.seeds());
  }

  /** A variant with the settings that its runs have, or that of a recipe file. */
  private Recipe named(String variant, AblationPlan found) {
    return found.variants().stream()
        .filter(recipe -> recipe.name().equals(variant))
        .findFirst()
        .orElseGet(() -> withEpochs(Recipes.named(variant)));
  }

  private AblationPlan plan(List<Recipe> recipes, List<Long> seeds) {
    usage("--variants", () -> AblationPlan.of(recipes, List.of(0L))); // whatever the seeds
    AblationPlan all = usage("--seeds", () -> AblationPlan.of(recipes, seeds));
    AblationPlan some = usage("--folds", () -> all.withFolds(run.folds()));
    AblationPlan compared =
        baseline.isEmpty() ? some : usage("--baseline", () -> some.withBaseline(baseline.get()));
    return planned.isEmpty() ? compared : usage("--planned", () -> compared.withPlanned(planned));
  }

  private static <T> T usage(String option, Supplier<T> value) {
    return UsageException.requireValue(option, value);
  }

  /** Numbers and ranges. */
  private List<Long> seeds() {
    List<Long> numbers = new ArrayList<>();
    for (String text : seeds) {
      Matcher range = RANGE.matcher(text);
      if (range.matches()) {
        long first = Long.parseLong(range.group(1));
        long last = Long.parseLong(range.group(2));
        for (long seed = first; seed <= last && numbers.size() <= MOST_SEEDS; seed++) {
          numbers.add(seed);
        }
        if (last < first) {
          throw wrongSeeds(text);
        }
      } else if (text.matches("\\d{1,18}")) {
        numbers.add(Long.parseLong(text));
      } else {
        throw wrongSeeds(text);
      }
    }
    if (numbers.size() > MOST_SEEDS) {
      throw new UsageException("--seeds: found more than %d; expected fewer".formatted(MOST_SEEDS));
    }
    return numbers;
  }

  private static UsageException wrongSeeds(String text) {
    return new UsageException(
        "--seeds: found '%s'; expected numbers or ranges such as 1,2,3 or 1-5".formatted(text));
  }

  private List<Recipe> recipes() {
    return variants.stream().map(Recipes::named).map(this::withEpochs).toList();
  }

  private Recipe withEpochs(Recipe recipe) {
    return recipe.withSettings(run.withEpochs(recipe.settings()));
  }
}
