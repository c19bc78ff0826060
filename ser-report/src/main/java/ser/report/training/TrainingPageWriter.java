package ser.report.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import ser.api.SerException;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.RunProgress;
import ser.pipeline.training.TrainingListener;
import ser.report.training.TrainingPage.State;

/**
 * Writes the {@link TrainingPage} of a run while it goes on: at its beginning, after epochs, after
 * each fold, and at its end. Writing takes at most a fiftieth of the time, and a page that cannot
 * be written does not end the run.
 */
public final class TrainingPageWriter implements TrainingListener, AutoCloseable {
  /** The name of the page in a run's folder. */
  public static final String FILE = "training.html";

  private static final long SECOND = 1_000_000_000;

  /** The time between two writes, as a multiple of what the last took. */
  private static final int PAUSE = 49;

  private final Path file;
  private final LongSupplier clock;
  private FoldResults results = FoldResults.of(List.of());
  private @Nullable RunProgress run;
  private long next;
  private @Nullable String failure;

  /**
   * Prepares a page.
   *
   * @param file the file, in a folder that the run makes
   */
  public TrainingPageWriter(Path file) {
    this(file, System::nanoTime);
  }

  TrainingPageWriter(Path file, LongSupplier clock) {
    this.file = file;
    this.clock = clock;
  }

  @Override
  public synchronized void begin(RunProgress run) {
    this.run = run;
    results = results.withFolds(run.reports().values());
    write(run, State.RUNNING);
  }

  @Override
  public synchronized void epoch(int fold, int epoch, int epochs, double loss, double seconds) {
    RunProgress before = run;
    if (before == null) {
      return;
    }
    RunProgress now = before.withLoss(fold, epoch, loss);
    run = now;
    if (clock.getAsLong() - next >= 0) {
      write(now, State.RUNNING);
    }
  }

  @Override
  public synchronized void fold(FoldReport report) {
    RunProgress before = run;
    if (before == null) {
      return;
    }
    RunProgress now = before.withReport(report);
    run = now;
    results = results.withFolds(now.reports().values());
    write(now, State.RUNNING);
  }

  private void write(RunProgress now, State state) {
    if (failure != null) {
      return;
    }
    long begun = clock.getAsLong();
    try {
      TrainingPage.of(now, results, state).write(file);
    } catch (SerException e) {
      failure = e.getMessage();
    }
    long ended = clock.getAsLong();
    next = ended + Math.max(SECOND, PAUSE * (ended - begun));
  }

  /** {@return why the page could not be written, if it could not} */
  public synchronized Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  /** Writes the page of the run's end: complete when all folds are done, and stopped otherwise. */
  @Override
  public synchronized void close() {
    RunProgress last = run;
    if (last != null) {
      boolean complete = last.reports().keySet().containsAll(last.folds());
      write(last, complete ? State.COMPLETE : State.STOPPED);
    }
  }
}
