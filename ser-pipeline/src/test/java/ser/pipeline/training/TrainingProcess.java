package ser.pipeline.training;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import ser.pipeline.corpus.Corpus;

/** A program that trains fold 1 and waits in the middle of its third epoch to be killed. */
final class TrainingProcess {
  private TrainingProcess() {}

  static final int STEP_TO_WAIT_AT = 13;

  public static void main(String[] arguments) {
    Corpus corpus = ToneCorpus.open(Path.of(arguments[0]));
    AtomicInteger steps = new AtomicInteger(-1); // asked once before the first step
    Runs.run(
        corpus,
        Runs.setup(ExperimentTests.RECIPE, ExperimentTests.SEED, 1, 1),
        Path.of(arguments[1]),
        false,
        () -> {
          if (Runs.isFold() && steps.incrementAndGet() == STEP_TO_WAIT_AT) {
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
          return false;
        });
  }
}
