package ser.cli.commands;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import ser.attention.Variant;
import ser.pipeline.corpus.Corpora;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.modelpackage.EncoderReference;
import ser.pipeline.pretrained.CachedEncoder;
import ser.pipeline.protocol.Protocol;
import ser.pipeline.protocol.Protocols;
import ser.pipeline.training.Experiment;
import ser.pipeline.training.ExperimentReport;
import ser.pipeline.training.ExperimentSettings;
import ser.pipeline.training.Recipe;
import ser.pipeline.training.Recipes;
import ser.pipeline.training.Run;
import ser.pipeline.training.TrainingListener;
import ser.report.training.TrainingPageWriter;

/** Trains and tests models. */
@Command(
    name = "train",
    description =
        "Train a model for each fold of a protocol, and test it on the speakers held out.",
    footer = {
      "",
      "A run can be interrupted at any time and goes on with --resume, to the same",
      "bits where backend, machine and --threads are the same. Each fold's model is",
      "in OUT/fold-N/model, the results in OUT/report.txt. OUT/training.html shows",
      "the losses and results; a browser that it is open in follows the run."
    },
    exitCodeList = {
      "0:success",
      "1:something could not be done",
      "2:wrong usage",
      "130, 143:interrupted; the state is kept"
    })
public final class TrainCommand implements Callable<Integer> {
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
          "ravdess-6fold, text-independent, iemocap-5session, loso, speaker-kfold:K, given,"
              + " cross-corpus or random.")
  private String protocol = "";

  @Option(
      names = "--test-corpus",
      paramLabel = "NAME:PATH",
      description =
          "With --protocol cross-corpus, a corpus that is tested, while the others are trained on;"
              + " may be given several times.")
  private List<String> testCorpora = List.of();

  @Option(
      names = "--variant",
      paramLabel = "V",
      description = "mhsa, fa, ca or fa+ca; the recipe's by default.")
  private Optional<String> variant = Optional.empty();

  @Option(
      names = "--recipe",
      paramLabel = "R",
      completionCandidates = RecipeNames.class,
      description =
          "Settings of encoder, features and training: a recipe file F.json, where what is left out"
              + " has the default, or one of ${COMPLETION-CANDIDATES}.")
  private Optional<String> recipe = Optional.empty();

  /** Frees from the other options, as help does. */
  @Option(
      names = "--print-recipe",
      help = true,
      description = "Print the settings as a recipe file, and train nothing.")
  private boolean printRecipe;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "The seed of everything random (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  TrainCommand() {}

  @Override
  public Integer call() {
    ExperimentSettings recipe = settings();
    Optional<CachedEncoder> opened = encoder.open(recipe);
    try {
      return train(
          opened.map(each -> recipe.withPretrained(EncoderReference.to(each))).orElse(recipe),
          opened);
    } finally {
      opened.ifPresent(each -> EncoderCacheOptions.close(each, spec.commandLine().getErr()));
    }
  }

  private int train(ExperimentSettings settings, Optional<CachedEncoder> opened) {
    PrintWriter err = spec.commandLine().getErr();
    if (printRecipe) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(settings.toJson());
      out.flush();
      return 0;
    }
    Protocol protocol =
        UsageException.requireValue("--protocol", () -> Protocols.named(this.protocol));
    boolean crossCorpus = protocol.name().equals(Protocols.CROSS_CORPUS);
    if (crossCorpus == testCorpora.isEmpty()) {
      throw new UsageException(
          crossCorpus
              ? "protocol cross-corpus expects --test-corpus, the corpus that is tested"
              : "--test-corpus belongs to --protocol cross-corpus, found " + protocol.name());
    }
    encoder.requireGiven(settings);
    run.check();
    if (!run.resume()) {
      Run.requireFresh(run.out());
    }
    List<Corpus> trained = data.relabelled(data.open(err));
    List<Corpus> tested = data.relabelled(CorpusOptions.open(testCorpora, err));
    Corpus corpus;
    if (crossCorpus) {
      corpus = Corpora.joinForCrossCorpus(trained, tested);
      protocol =
          Protocols.crossCorpus(tested.stream().map(Corpus::name).collect(Collectors.toSet()));
    } else {
      corpus = Corpora.join(trained);
    }
    protocol.warning().ifPresent(warning -> err.println("WARNING: " + warning));
    Experiment.Setup setup =
        run.setup(engine, data, opened)
            .withSettings(settings)
            .withSeed(seed)
            .withFolds(run.folds());
    // A signal takes effect once the state is written.
    try (Interruption interruption = Interruption.watch()) {
      Optional<ExperimentReport> report;
      TrainingPageWriter page = new TrainingPageWriter(run.out().resolve(TrainingPageWriter.FILE));
      try (page;
          TrainingProgress progress = new TrainingProgress(err, run.jobs())) {
        TrainingListener listener = TrainingListener.all(progress, page);
        report =
            new Experiment(corpus, protocol, setup, run.out(), listener, interruption::isRequested)
                .run(run.resume());
      }
      page.failure().ifPresent(reason -> err.println("note: the page was not written: " + reason));
      if (report.isEmpty()) {
        err.println(RunOptions.INTERRUPTION);
        return RunOptions.INTERRUPTED;
      }
      spec.commandLine().getOut().print(report.get().toText());
      spec.commandLine().getOut().flush();
      return 0;
    }
  }

  /** The recipe's settings; an option of its own overrides the file's. */
  private ExperimentSettings settings() {
    Recipe chosen =
        recipe
            .map(Recipes::named)
            .orElseGet(() -> new Recipe("default", ExperimentSettings.defaults()));
    if (variant.isPresent()) {
      Variant named = UsageException.requireValue("--variant", () -> Variant.named(variant.get()));
      chosen = chosen.withSettings(chosen.settings().withVariant(named));
    }
    chosen.requireEffect();
    return run.withEpochs(chosen.settings());
  }
}
