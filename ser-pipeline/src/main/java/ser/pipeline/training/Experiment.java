package ser.pipeline.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import ser.api.SerException;
import ser.features.pretrained.PretrainedEncoder;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.BackendProvider;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.protocol.Development;
import ser.pipeline.protocol.Fold;
import ser.pipeline.protocol.Protocol;

/**
 * Cross-validation: trains and tests a model for each fold of a protocol. With a development part
 * the models are tested on it, and the test speakers take no part: a recipe that is chosen by such
 * runs has seen none of them.
 *
 * <p>In the output folder, {@code fold-N/model} is the fold's model package and {@code
 * fold-N/predictions.json} holds its predictions on the test clips; {@code checkpoint.safetensors}
 * and {@code log.csv} beside them belong to the training. {@code run.json} has the settings, {@code
 * report.txt} and {@code report.json} the metrics of the folds that are done.
 */
public final class Experiment {
  private final Corpus corpus;
  private final Protocol protocol;
  private final Setup setup;
  private final Path out;
  private final TrainingListener listener;
  private final BooleanSupplier stop;

  /**
   * The settings of a run besides its data. {@link #of} and the {@code with} methods make variants.
   *
   * @param settings encoder, features and training recipe
   * @param seed of everything random
   * @param development whether a group of speakers is kept out of training, on which the models are
   *     tested instead of the test speakers, for choices of the recipe
   * @param folds the numbers of the folds to run, from 1; empty for all
   * @param jobs number of folds that are trained at once
   * @param strict whether a clip whose audio cannot be used ends the run; otherwise it is left out
   * @param backend computes
   * @param backendOptions the device and the threads of each fold that runs at a time
   * @param pretrained the open encoder that the settings name, if they name one
   */
  public record Setup(
      ExperimentSettings settings,
      long seed,
      Development development,
      List<Integer> folds,
      int jobs,
      boolean strict,
      BackendProvider backend,
      BackendOptions backendOptions,
      Optional<PretrainedEncoder> pretrained) {
    /**
     * Copies the list and checks the number of jobs.
     *
     * @throws SerException when there is no job
     */
    public Setup {
      folds = List.copyOf(folds);
      if (jobs < 1) {
        throw new SerException("The number of jobs is 1 or more, found " + jobs);
      }
    }

    /**
     * Returns the default setup: default settings and options, seed 1, no development part, all
     * folds, one at a time.
     *
     * @param backend computes
     * @return the setup
     */
    public static Setup of(BackendProvider backend) {
      return new Setup(
          ExperimentSettings.defaults(),
          1,
          Development.NONE,
          List.of(),
          1,
          false,
          backend,
          BackendOptions.defaults(),
          Optional.empty());
    }

    /**
     * Returns this setup with other settings.
     *
     * @param settings encoder, features and training recipe
     * @return the changed setup
     */
    public Setup withSettings(ExperimentSettings settings) {
      return new Setup(
          settings, seed, development, folds, jobs, strict, backend, backendOptions, pretrained);
    }

    /**
     * Returns this setup with another seed.
     *
     * @param seed of everything random
     * @return the changed setup
     */
    public Setup withSeed(long seed) {
      return new Setup(
          settings, seed, development, folds, jobs, strict, backend, backendOptions, pretrained);
    }

    /**
     * Returns this setup with or without a development part.
     *
     * @param development whether a group of speakers is kept out of training and tested
     * @return the changed setup
     */
    public Setup withDevelopment(Development development) {
      return new Setup(
          settings, seed, development, folds, jobs, strict, backend, backendOptions, pretrained);
    }

    /**
     * Returns this setup for some folds.
     *
     * @param folds their numbers, from 1; empty for all
     * @return the changed setup
     */
    public Setup withFolds(List<Integer> folds) {
      return new Setup(
          settings, seed, development, folds, jobs, strict, backend, backendOptions, pretrained);
    }

    /**
     * Returns this setup with another number of jobs.
     *
     * @param jobs number of folds that are trained at once, 1 or more
     * @return the changed setup
     * @throws SerException when there is no job
     */
    public Setup withJobs(int jobs) {
      return new Setup(
          settings, seed, development, folds, jobs, strict, backend, backendOptions, pretrained);
    }

    /**
     * Returns this setup with or without leniency to clips that cannot be used.
     *
     * @param strict whether a clip whose audio cannot be used ends the run
     * @return the changed setup
     */
    public Setup withStrict(boolean strict) {
      return new Setup(
          settings, seed, development, folds, jobs, strict, backend, backendOptions, pretrained);
    }

    /**
     * Returns this setup with other options of the backend.
     *
     * @param backendOptions the device and the threads of each fold that runs at a time
     * @return the changed setup
     */
    public Setup withBackendOptions(BackendOptions backendOptions) {
      return new Setup(
          settings, seed, development, folds, jobs, strict, backend, backendOptions, pretrained);
    }

    /**
     * Returns this setup with a pretrained encoder.
     *
     * @param pretrained the encoder that the settings name; stays the caller's
     * @return the changed setup
     */
    public Setup withPretrained(PretrainedEncoder pretrained) {
      return new Setup(
          settings,
          seed,
          development,
          folds,
          jobs,
          strict,
          backend,
          backendOptions,
          Optional.of(pretrained));
    }
  }

  /**
   * Prepares an experiment.
   *
   * @param corpus the data
   * @param protocol the folds
   * @param setup settings, seed, folds and backend
   * @param out the output folder; made when it is not there
   * @param listener called with the progress
   * @param stop asked after every step; once true, states are kept and the run ends
   */
  public Experiment(
      Corpus corpus,
      Protocol protocol,
      Setup setup,
      Path out,
      TrainingListener listener,
      BooleanSupplier stop) {
    this.corpus = corpus;
    this.protocol = protocol;
    this.setup = setup;
    this.out = out;
    this.listener = listener;
    this.stop = stop;
  }

  /**
   * Runs the folds that are not done yet.
   *
   * @param resume whether to go on with what the folder holds; otherwise it must hold nothing
   * @return the report on all folds done so far; empty when the run was stopped before its end
   * @throws SerException when the folder holds another run, a fold leaks or tests a class that it
   *     does not train on, fewer than two classes or no clips are there, or, if the setup is
   *     strict, the audio of a clip cannot be used
   */
  public Optional<ExperimentReport> run(boolean resume) {
    if (!resume) {
      Run.requireFresh(out); // reading the clips takes long
    }
    ExperimentData data = ExperimentData.of(corpus, protocol, setup.strict, listener);
    Run run = Run.of(data, setup, out);
    try (Backend backend = setup.backend.open(setup.backendOptions)) {
      run.begin(resume);
      listener.begin(run.progress());
      FeatureCache cache = FrontendSettings.of(setup.settings).newCache(setup.pretrained);
      run.prepareFeatures(cache, listener, stop);
      boolean complete = trainAll(run, cache, backend);
      ExperimentReport report = run.writeReport();
      return complete ? Optional.of(report) : Optional.empty();
    }
  }

  /** Trains folds, some at once; false when one was stopped. */
  private boolean trainAll(Run run, FeatureCache cache, Backend backend) {
    AtomicBoolean over = new AtomicBoolean();
    BooleanSupplier ended = () -> over.get() || stop.getAsBoolean();
    List<Callable<Boolean>> folds = new ArrayList<>();
    for (Fold fold : run.folds()) {
      folds.add(() -> run.train(fold, cache, backend, listener, ended));
    }
    return FoldPool.trainAll("run", setup.jobs, folds, over);
  }
}
