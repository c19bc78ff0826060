package ser.pipeline.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import ser.api.Device;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.Backends;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.protocol.Protocols;

/** Experiments on a {@link ToneCorpus} of four speakers, leaving one speaker out. */
final class Runs {
  static final BooleanSupplier NEVER = () -> false;

  private Runs() {}

  static Experiment.Setup setup(TrainingRecipe recipe, long seed, int jobs, Integer... folds) {
    return Experiment.Setup.of(Backends.best())
        .withSettings(ExperimentSettings.defaults().withTraining(recipe))
        .withSeed(seed)
        .withFolds(List.of(folds))
        .withJobs(jobs)
        .withBackendOptions(BackendOptions.defaults().withDevice(Device.CPU));
  }

  static Optional<ExperimentReport> run(
      Corpus corpus, Experiment.Setup setup, Path out, boolean resume, BooleanSupplier stop) {
    return new Experiment(
            corpus, Protocols.named("loso"), setup, out, TrainingListener.SILENT, stop)
        .run(resume);
  }

  /** True at every n-th time of asking by a fold: before its first step and after every step. */
  static BooleanSupplier every(int n) {
    AtomicInteger asked = new AtomicInteger();
    return () -> isFold() && asked.incrementAndGet() % n == 0;
  }

  /** Features ask too, in an order that differs from run to run. */
  static boolean isFold() {
    return Thread.currentThread().getName().equals(FoldPool.WORKER);
  }
}
