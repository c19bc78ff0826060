package ser.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
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
import ser.pipeline.protocol.Development;
import ser.pipeline.protocol.Protocol;
import ser.pipeline.protocol.Protocols;
import ser.pipeline.training.Experiment;
import ser.pipeline.training.ExperimentReport;
import ser.pipeline.training.ExperimentSettings;
import ser.pipeline.training.Recipes;
import ser.pipeline.training.TrainingListener;
import ser.report.training.TrainingPageWriter;

/** Trains and tests models. */
@Command(
    name = "train",
    description =
        "Train a model for each fold of a protocol, and test it on the speakers held out.",
    footer = {
      "",
      "A run can be interrupted at any time and goes on with --resume, to the same bits.",
      "Each fold's model is in OUT/fold-N/model, the results in OUT/report.txt. OUT/training.html",
      "shows the losses and results; a browser that it is open in follows the run."
    },
    exitCodeList = {
      "0:success",
      "1:something could not be done",
      "2:wrong usage",
      "130:interrupted; the state is kept"
    })
public final class TrainCommand implements Callable<Integer> {
  /** The exit code that shells report for a process ended by Ctrl-C. */
  private static final int INTERRUPTED = 130;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private CorpusOptions data = new CorpusOptions();

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
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder for models, checkpoints and the report.")
  private Path out = Path.of("");

  @Option(names = "--resume", description = "Go on with the run in OUT.")
  private boolean resume;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "The seed of everything random (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the training clips; the recipe's number by default.")
  private Optional<Integer> epochs = Optional.empty();

  @Option(
      names = "--folds",
      split = ",",
      paramLabel = "N",
      description = "Which folds, from 1 (default: all).")
  private List<Integer> folds = List.of();

  @Option(
      names = "--jobs",
      defaultValue = "1",
      paramLabel = "N",
      description = "Folds trained at once (default: ${DEFAULT-VALUE}).")
  private int jobs = 1;

  @Option(
      names = "--development",
      description =
          "Keep one more group of speakers out of training, and test on it instead of on the test"
              + " speakers: for choices of the recipe.")
  private boolean development;

  TrainCommand() {}

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    ExperimentSettings settings = settings();
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
    if (jobs < 1) {
      throw new UsageException("--jobs: found %d; expected 1 or more".formatted(jobs));
    }
    Experiment.Setup setup =
        Experiment.Setup.of(engine.provider())
            .withSettings(settings)
            .withSeed(seed)
            .withDevelopment(development ? Development.NEXT_GROUP : Development.NONE)
            .withFolds(folds)
            .withJobs(jobs)
            .withStrict(data.strict())
            .withBackendOptions(engine.backendOptions(jobs));
    // A signal takes effect once the state is written.
    try (Interruption interruption = Interruption.watch()) {
      Optional<ExperimentReport> report;
      TrainingPageWriter page = new TrainingPageWriter(out.resolve(TrainingPageWriter.FILE));
      try (page;
          TrainingProgress progress = new TrainingProgress(err, jobs)) {
        TrainingListener listener = TrainingListener.all(progress, page);
        report =
            new Experiment(corpus, protocol, setup, out, listener, interruption::isRequested)
                .run(resume);
      }
      page.failure().ifPresent(reason -> err.println("note: the page was not written: " + reason));
      if (report.isEmpty()) {
        err.println("ser: interrupted; the state is kept, go on with --resume");
        return INTERRUPTED;
      }
      spec.commandLine().getOut().print(report.get().toText());
      spec.commandLine().getOut().flush();
      return 0;
    }
  }

  /** The recipe's settings; an option of its own overrides the file's. */
  private ExperimentSettings settings() {
    ExperimentSettings settings =
        recipe.map(text -> Recipes.named(text).settings()).orElseGet(ExperimentSettings::defaults);
    if (variant.isPresent()) {
      String name = variant.get();
      settings =
          settings.withVariant(UsageException.requireValue("--variant", () -> Variant.named(name)));
    }
    if (epochs.isEmpty()) {
      return settings;
    }
    ExperimentSettings before = settings;
    int passes = epochs.get();
    return UsageException.requireValue(
        "--epochs", () -> before.withTraining(before.training().withEpochs(passes)));
  }
}
