package ser.pipeline.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ser.api.SerException;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.BackendProvider;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.protocol.Development;
import ser.pipeline.protocol.Fold;
import ser.pipeline.protocol.LeakCheck;
import ser.pipeline.protocol.Protocol;
import ser.pipeline.recognition.Frontend;

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
  /** The name of the threads that train. */
  static final String WORKER = "fold";

  /** The number of likely copies that a report lists. */
  private static final int MOST_COPIES = 10;

  private final Corpus corpus;
  private final Protocol protocol;
  private final Setup setup;
  private final RunFolder folder;
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
   */
  public record Setup(
      ExperimentSettings settings,
      long seed,
      Development development,
      List<Integer> folds,
      int jobs,
      boolean strict,
      BackendProvider backend,
      BackendOptions backendOptions) {
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
          BackendOptions.defaults());
    }

    /**
     * Returns this setup with other settings.
     *
     * @param settings encoder, features and training recipe
     * @return the changed setup
     */
    public Setup withSettings(ExperimentSettings settings) {
      return new Setup(settings, seed, development, folds, jobs, strict, backend, backendOptions);
    }

    /**
     * Returns this setup with another seed.
     *
     * @param seed of everything random
     * @return the changed setup
     */
    public Setup withSeed(long seed) {
      return new Setup(settings, seed, development, folds, jobs, strict, backend, backendOptions);
    }

    /**
     * Returns this setup with or without a development part.
     *
     * @param development whether a group of speakers is kept out of training and tested
     * @return the changed setup
     */
    public Setup withDevelopment(Development development) {
      return new Setup(settings, seed, development, folds, jobs, strict, backend, backendOptions);
    }

    /**
     * Returns this setup for some folds.
     *
     * @param folds their numbers, from 1; empty for all
     * @return the changed setup
     */
    public Setup withFolds(List<Integer> folds) {
      return new Setup(settings, seed, development, folds, jobs, strict, backend, backendOptions);
    }

    /**
     * Returns this setup with another number of jobs.
     *
     * @param jobs number of folds that are trained at once, 1 or more
     * @return the changed setup
     * @throws SerException when there is no job
     */
    public Setup withJobs(int jobs) {
      return new Setup(settings, seed, development, folds, jobs, strict, backend, backendOptions);
    }

    /**
     * Returns this setup with or without leniency to clips that cannot be used.
     *
     * @param strict whether a clip whose audio cannot be used ends the run
     * @return the changed setup
     */
    public Setup withStrict(boolean strict) {
      return new Setup(settings, seed, development, folds, jobs, strict, backend, backendOptions);
    }

    /**
     * Returns this setup with other options of the backend.
     *
     * @param backendOptions the device and the threads of each fold that runs at a time
     * @return the changed setup
     */
    public Setup withBackendOptions(BackendOptions backendOptions) {
      return new Setup(settings, seed, development, folds, jobs, strict, backend, backendOptions);
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
    this.folder = new RunFolder(out);
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
    UsableClips usable = UsableClips.of(corpus);
    if (setup.strict) {
      usable.requireAll();
    }
    if (!usable.leftOut().isEmpty()) {
      listener.leftOut(usable.leftOut());
    }
    Corpus clips = usable.corpus();
    requireSeveralLabels(clips);
    List<Fold> folds = selectedFolds(clips);
    folds.forEach(fold -> requireTrainedLabels(clips, fold));
    AudioIdentity identity = new AudioIdentity();
    identity.prepare(clips.utterances());
    LeakCheck leakCheck = new LeakCheck(protocol, identity);
    List<String> notes = new ArrayList<>(clips.notes());
    notes.addAll(summary(folds.stream().flatMap(fold -> leakCheck.check(fold).stream()).toList()));
    try (Backend backend = setup.backend.open(setup.backendOptions)) {
      folder.begin(
          runSettings(usable, identity), () -> DataHash.ofEncoded(clips.utterances()), resume);
      FeatureCache cache = features(clips, folds);
      boolean complete =
          trainAll(
              folds,
              new FoldContext(clips, protocol, setup, folder, cache, identity, backend, listener));
      ExperimentReport report = report(clips).withNotes(notes).withLeftOut(usable.leftOut());
      folder.writeReport(report);
      return complete ? Optional.of(report) : Optional.empty();
    }
  }

  /** The first few likely copies, and their number. */
  private static List<String> summary(List<String> copies) {
    if (copies.size() <= MOST_COPIES) {
      return copies;
    }
    List<String> some = new ArrayList<>(copies.subList(0, MOST_COPIES));
    some.add("%d more likely copies".formatted(copies.size() - MOST_COPIES));
    return some;
  }

  private void requireSeveralLabels(Corpus clips) {
    List<String> present =
        clips.labels().stream().filter(label -> count(clips, label) > 0).toList();
    if (present.size() < 2) {
      throw new SerException(
          "corpus %s has the one label %s; expected at least two emotions to tell apart"
              .formatted(clips.name(), String.join(", ", present)));
    }
  }

  private static int count(Corpus clips, String label) {
    return clips.classCounts().getOrDefault(label, 0);
  }

  /** A class that is tested must be trained on. */
  private void requireTrainedLabels(Corpus clips, Fold fold) {
    Set<String> trained = labels(fold.train());
    Set<String> untrained = labels(fold.heldOut(setup.development));
    untrained.removeAll(trained);
    if (!untrained.isEmpty()) {
      String label = untrained.iterator().next();
      throw new SerException(
          "fold %d of %s tests %s but has no clip of it to train on (corpus %s has %d, by the speakers %s); expected clips of more speakers, or the label left out with --labels %s="
              .formatted(
                  fold.number(),
                  protocol.name(),
                  label,
                  clips.name(),
                  count(clips, label),
                  clips.utterances().stream()
                      .filter(utterance -> utterance.label().equals(label))
                      .map(clips::speakerOf)
                      .distinct()
                      .sorted()
                      .limit(3)
                      .toList(),
                  label));
    }
  }

  private static Set<String> labels(List<Utterance> utterances) {
    return utterances.stream().map(Utterance::label).collect(Collectors.toCollection(TreeSet::new));
  }

  private List<Fold> allFolds(Corpus clips) {
    return protocol.folds(clips, setup.seed, setup.development);
  }

  private List<Fold> selectedFolds(Corpus clips) {
    List<Fold> all = allFolds(clips);
    List<Integer> numbers = all.stream().map(Fold::number).toList();
    if (!numbers.containsAll(setup.folds)) {
      throw new SerException(
          "Protocol %s has the folds %s, found %s"
              .formatted(protocol.name(), numbers, setup.folds));
    }
    return setup.folds.isEmpty()
        ? all
        : all.stream().filter(fold -> setup.folds.contains(fold.number())).toList();
  }

  private RunJson runSettings(UsableClips usable, AudioIdentity identity) {
    return RunJson.of(
        corpus.name(),
        protocol.name(),
        setup.seed,
        setup.development,
        setup.settings,
        usable.leftOut().stream().map(UnusableClip::utterance).toList(),
        DataHash.of(usable.corpus().utterances(), identity));
  }

  /** Computes the features of the folds that are not done. */
  private FeatureCache features(Corpus clips, List<Fold> folds) {
    ExperimentSettings settings = setup.settings;
    int framesPerStep = settings.encoderFor(clips.labels().size()).framesPerStep();
    FeatureCache cache =
        new FeatureCache(new Frontend(settings.features(), settings.trim(), framesPerStep));
    List<Fold> pending = folds.stream().filter(fold -> !folder.isDone(fold.number())).toList();
    cache.prepare(
        clips(pending, fold -> fold.train().stream()),
        settings.training().speeds(),
        listener,
        stop);
    cache.prepare(
        clips(
            pending,
            fold -> Stream.concat(fold.train().stream(), fold.heldOut(setup.development).stream())),
        List.of(1.0),
        TrainingListener.SILENT,
        stop);
    return cache;
  }

  private static List<Utterance> clips(List<Fold> folds, Function<Fold, Stream<Utterance>> part) {
    return folds.stream().flatMap(part).distinct().toList();
  }

  /** Trains folds, some at once; false when one was stopped. */
  private boolean trainAll(List<Fold> folds, FoldContext context) {
    AtomicBoolean over = new AtomicBoolean();
    FoldTrainer trainer = new FoldTrainer(context, () -> over.get() || stop.getAsBoolean());
    ExecutorService workers =
        Executors.newFixedThreadPool(setup.jobs, task -> new Thread(task, WORKER));
    try {
      List<Future<Boolean>> running = new ArrayList<>();
      for (Fold fold : folds) {
        running.add(workers.submit(() -> trainer.train(fold)));
      }
      boolean complete = true;
      for (Future<Boolean> fold : running) {
        complete &= result(fold);
      }
      return complete;
    } finally {
      // When a fold fails, the others keep their states before the backend closes under them.
      over.set(true);
      workers.shutdown();
      awaitEnd(workers);
    }
  }

  private static void awaitEnd(ExecutorService workers) {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = workers.awaitTermination(1, TimeUnit.HOURS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean result(Future<Boolean> fold) {
    try {
      return fold.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SerException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException("a fold failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SerException("The run was interrupted", e);
    }
  }

  /** The report on all folds that are done, by this run or before. */
  private ExperimentReport report(Corpus clips) {
    List<FoldReport> done =
        allFolds(clips).stream().flatMap(fold -> folder.report(fold.number()).stream()).toList();
    String title =
        "%s, %s, %s, seed %d, %d epochs%s"
            .formatted(
                corpus.name(),
                protocol.name(),
                setup.settings.encoder().attention().variant(),
                setup.seed,
                setup.settings.training().epochs(),
                setup.development == Development.NONE ? "" : ", development speakers");
    return ExperimentReport.of(title, done).withWarning(protocol.warning());
  }
}
