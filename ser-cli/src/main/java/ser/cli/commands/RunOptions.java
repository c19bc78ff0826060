package ser.cli.commands;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import ser.pipeline.io.Folders;
import ser.pipeline.pretrained.CachedEncoder;
import ser.pipeline.protocol.Development;
import ser.pipeline.training.Experiment;
import ser.pipeline.training.ExperimentSettings;

/** The options of commands that train the folds of a protocol. */
final class RunOptions {
  /** The exit code that shells report for a process ended by Ctrl-C. */
  static final int INTERRUPTED = 130;

  /** Written to the errors when a run ends with {@link #INTERRUPTED}. */
  static final String INTERRUPTION = "ser: interrupted; the state is kept, go on with --resume";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder for models, checkpoints and results.")
  private Path out = Path.of("");

  @Option(names = "--resume", description = "Go on with what was begun in OUT.")
  private boolean resume;

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

  RunOptions() {}

  Path out() {
    return out;
  }

  boolean resume() {
    return resume;
  }

  List<Integer> folds() {
    return folds;
  }

  int jobs() {
    return jobs;
  }

  /** Checks the options whose values are bounded. */
  void check() {
    if (jobs < 1) {
      throw new UsageException("--jobs: found %d; expected 1 or more".formatted(jobs));
    }
    Folders.requireWritable(out);
  }

  /** Returns settings with the number of epochs that was given. */
  ExperimentSettings withEpochs(ExperimentSettings settings) {
    return epochs
        .map(
            passes ->
                UsageException.requireValue(
                    "--epochs",
                    () -> settings.withTraining(settings.training().withEpochs(passes))))
        .orElse(settings);
  }

  /**
   * Returns the set-up of an experiment on an engine, with the pretrained encoder if there is one.
   */
  Experiment.Setup setup(
      EngineOptions engine, CorpusOptions data, Optional<CachedEncoder> encoder) {
    Experiment.Setup setup = setup(engine, data);
    return encoder.map(setup::withPretrained).orElse(setup);
  }

  private Experiment.Setup setup(EngineOptions engine, CorpusOptions data) {
    return Experiment.Setup.of(engine.provider())
        .withDevelopment(development ? Development.NEXT_GROUP : Development.NONE)
        .withJobs(jobs)
        .withStrict(data.strict())
        .withBackendOptions(engine.backendOptions(jobs));
  }
}
