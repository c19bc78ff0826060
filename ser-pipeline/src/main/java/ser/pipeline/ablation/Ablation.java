package ser.pipeline.ablation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import ser.api.SerException;
import ser.graph.spi.Backend;
import ser.pipeline.alignment.AlignmentReport;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.io.OptionalFile;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.protocol.Development;
import ser.pipeline.protocol.Fold;
import ser.pipeline.protocol.Protocol;
import ser.pipeline.training.Experiment;
import ser.pipeline.training.ExperimentData;
import ser.pipeline.training.FeatureCache;
import ser.pipeline.training.FoldPool;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.FrontendSettings;
import ser.pipeline.training.Recipe;
import ser.pipeline.training.Run;
import ser.pipeline.training.TrainingListener;
import ser.pipeline.training.UnusableClip;

/**
 * Trains variants with several seeds under one protocol, and compares them.
 *
 * <p>{@code OUT/VARIANT/seed-N} is an ordinary run folder, to the bit that of {@link Experiment}:
 * one that is complete is taken as it is, one that was cut off is resumed. The alignment of each
 * fold's model on the fold's test clips is kept beside it, in {@code alignment.json}. Folds of all
 * runs are trained by a fixed number of threads, each of which takes the next fold when it has
 * finished one; the corpus is decoded once, and features are computed once for all runs that have
 * the same.
 */
public final class Ablation {

  private final Corpus corpus;
  private final Protocol protocol;
  private final AblationPlan plan;
  private final Experiment.Setup setup;
  private final AblationFolder folder;
  private final AblationListener listener;
  private final BooleanSupplier stop;

  /**
   * Prepares an ablation.
   *
   * @param corpus the data
   * @param protocol the folds
   * @param plan the variants, seeds and folds
   * @param setup backend, jobs, development and strictness of all runs; its settings, seed and
   *     folds are replaced by the plan's
   * @param out the output folder; made when it is not there
   * @param listener called with the progress
   * @param stop asked after every step; once true, states are kept and the ablation ends
   */
  public Ablation(
      Corpus corpus,
      Protocol protocol,
      AblationPlan plan,
      Experiment.Setup setup,
      Path out,
      AblationListener listener,
      BooleanSupplier stop) {
    this.corpus = corpus;
    this.protocol = protocol;
    this.plan = plan;
    this.setup = setup;
    this.folder = new AblationFolder(out);
    this.listener = listener;
    this.stop = stop;
  }

  /**
   * Checks, before the corpus is read, that the runs of a plan can begin in a folder.
   *
   * @param plan the variants, seeds and folds
   * @param out the output folder, which need not exist
   * @throws SerException when a fold of one of the runs was begun and is not done
   */
  public static void requireNotCutOff(AblationPlan plan, Path out) {
    requireNotCutOff(plan, new AblationFolder(out));
  }

  private static void requireNotCutOff(AblationPlan plan, AblationFolder folder) {
    for (Recipe variant : plan.variants()) {
      for (long seed : plan.seeds()) {
        Run.requireNotCutOff(folder.run(variant.name(), seed), plan.folds());
      }
    }
  }

  /**
   * Runs what is not done yet.
   *
   * @param resume whether to go on with runs that were begun; otherwise the folder must hold none,
   *     or all of them complete
   * @return the report, which is not written; empty when the ablation was stopped before its end
   * @throws SerException when a run folder holds another run, or one that was begun and {@code
   *     resume} is false, a fold leaks or tests a class that it does not train on, or the data
   *     cannot be used
   */
  public Optional<AblationReport> run(boolean resume) {
    if (!resume) {
      requireNotCutOff(plan, folder); // reading the clips takes long
    }
    ExperimentData data =
        ExperimentData.of(
            corpus,
            protocol,
            setup.strict(),
            new TrainingListener() {
              @Override
              public void leftOut(List<UnusableClip> clips) {
                listener.leftOut(clips);
              }
            });
    List<VariantRun> runs = runs(data);
    requireFresh(runs, resume);
    List<Work> pending = pending(runs);
    int all = runs.stream().mapToInt(run -> run.run.folds().size()).sum();
    List<Integer> epochs =
        pending.stream().filter(work -> !work.trained).map(work -> work.run.epochs()).toList();
    listener.planned(all - epochs.size(), epochs);
    if (!trainAll(pending, data.clips())) {
      return Optional.empty();
    }
    List<Integer> folds = runs.get(0).run.folds().stream().map(Fold::number).toList();
    return Optional.of(AblationReport.of(folder.read(plan), plan.withFolds(folds)));
  }

  /** All runs, those with the same features one after the other, then by seed. */
  private List<VariantRun> runs(ExperimentData data) {
    Map<FrontendSettings, List<Recipe>> byFeatures = new LinkedHashMap<>();
    for (Recipe variant : plan.variants()) {
      byFeatures
          .computeIfAbsent(FrontendSettings.of(variant.settings()), settings -> new ArrayList<>())
          .add(variant);
    }
    List<VariantRun> runs = new ArrayList<>();
    byFeatures.forEach(
        (settings, variants) -> {
          SharedFeatures features = new SharedFeatures(settings);
          for (long seed : plan.seeds()) {
            for (Recipe variant : variants) {
              Experiment.Setup own =
                  setup.withSettings(variant.settings()).withSeed(seed).withFolds(plan.folds());
              Path out = folder.run(variant.name(), seed);
              runs.add(new VariantRun(variant, seed, out, Run.of(data, own, out), features));
            }
          }
        });
    return runs;
  }

  private static void requireFresh(List<VariantRun> runs, boolean resume) {
    for (VariantRun run : runs) {
      if (run.run.isBegun()) {
        run.begin();
        if (!resume) {
          run.run.requireComplete();
        }
      }
    }
  }

  private static List<Work> pending(List<VariantRun> runs) {
    List<Work> pending = new ArrayList<>();
    for (VariantRun run : runs) {
      List<Fold> untrained = run.run.pending();
      if (untrained.isEmpty()) {
        run.finish();
      }
      List<Fold> folds =
          run.run.folds().stream()
              .filter(fold -> untrained.contains(fold) || !run.isAligned(fold))
              .toList();
      run.remaining.set(folds.size());
      run.features.remaining.addAndGet(untrained.size());
      folds.forEach(fold -> pending.add(new Work(run, fold, !untrained.contains(fold))));
    }
    return pending;
  }

  /** False when it was stopped. */
  private boolean trainAll(List<Work> pending, Corpus clips) {
    if (pending.isEmpty()) {
      return true;
    }
    AtomicBoolean over = new AtomicBoolean();
    BooleanSupplier ended = () -> over.get() || stop.getAsBoolean();
    try (Backend backend = setup.backend().open(setup.backendOptions())) {
      List<Callable<Boolean>> folds = new ArrayList<>();
      for (Work work : pending) {
        folds.add(() -> train(work, clips, backend, over, ended));
      }
      return FoldPool.trainAll("ablation", setup.jobs(), folds, over);
    }
  }

  private boolean train(
      Work work, Corpus clips, Backend backend, AtomicBoolean over, BooleanSupplier ended) {
    if (ended.getAsBoolean()) {
      return false;
    }
    VariantRun run = work.run;
    AblationUnit unit = new AblationUnit(run.variant.name(), run.seed, work.fold.number());
    try {
      if (!work.trained) {
        FeatureCache features = run.features.prepare(run, new Progress(unit), ended);
        run.begin();
        if (!run.run.train(work.fold, features, backend, new Progress(unit), ended)) {
          return false;
        }
      }
      if (run.align(work.fold, backend, clips, setup.development())) {
        listener.aligned(unit);
      }
      if (run.remaining.decrementAndGet() == 0) {
        run.finish();
      }
      if (!work.trained) {
        run.features.release();
      }
      return true;
    } catch (SerException e) {
      over.set(true); // the others end after their next step
      throw new SerException("%s: %s".formatted(unit, e.getMessage()), e);
    } catch (RuntimeException | Error e) {
      over.set(true);
      throw e;
    }
  }

  /**
   * The training of a fold and the alignment of its model.
   *
   * @param trained whether the alignment alone is missing
   */
  private record Work(VariantRun run, Fold fold, boolean trained) {}

  /** A run of a variant and a seed, and the number of its folds that are not done. */
  private static final class VariantRun {
    private final Recipe variant;
    private final long seed;
    private final Path out;
    private final Run run;
    private final SharedFeatures features;
    private final AtomicInteger remaining = new AtomicInteger();
    private boolean begun;

    VariantRun(Recipe variant, long seed, Path out, Run run, SharedFeatures features) {
      this.variant = variant;
      this.seed = seed;
      this.out = out;
      this.run = run;
      this.features = features;
    }

    int epochs() {
      return variant.settings().training().epochs();
    }

    boolean isAligned(Fold fold) {
      return OptionalFile.isThere(AblationFolder.alignment(out, fold.number()));
    }

    /**
     * Measures the alignment of the fold's model on the clips held out, unless that was done.
     *
     * @return whether it was measured now
     */
    boolean align(Fold fold, Backend backend, Corpus clips, Development development) {
      if (isAligned(fold)) {
        return false;
      }
      ModelPackage read = ModelPackage.read(AblationFolder.model(out, fold.number()));
      ModelPackage model = run.pretrained().map(read::withPretrained).orElse(read);
      AlignmentReport.of(model, backend, clips, fold.heldOut(development))
          .write(AblationFolder.alignment(out, fold.number()));
      return true;
    }

    /** Makes the folder, or checks that it is of this run, once. */
    synchronized void begin() {
      if (!begun) {
        run.begin(true);
        begun = true;
      }
    }

    void finish() {
      run.writeReport();
    }
  }

  /** The features of runs with the same settings, kept until the last of their folds is done. */
  private static final class SharedFeatures {
    private final FrontendSettings settings;
    private final AtomicInteger remaining = new AtomicInteger();
    private @Nullable FeatureCache cache;

    SharedFeatures(FrontendSettings settings) {
      this.settings = settings;
    }

    /** Computes what a run's folds lack; other threads wait for it. */
    synchronized FeatureCache prepare(
        VariantRun run, TrainingListener listener, BooleanSupplier stop) {
      if (cache == null) {
        cache = settings.newCache(run.run.pretrained());
      }
      run.run.prepareFeatures(cache, listener, stop);
      return cache;
    }

    synchronized void release() {
      if (remaining.decrementAndGet() == 0) {
        cache = null;
      }
    }
  }

  /** Passes a fold's progress on. */
  private final class Progress implements TrainingListener {
    private final AblationUnit unit;

    Progress(AblationUnit unit) {
      this.unit = unit;
    }

    @Override
    public void features(int done, int total) {
      listener.features(done, total);
    }

    @Override
    public void epoch(int fold, int epoch, int epochs, double loss, double seconds) {
      listener.epoch(unit, epoch, epochs);
    }

    @Override
    public void fold(FoldReport report) {
      listener.fold(unit, report);
    }
  }
}
