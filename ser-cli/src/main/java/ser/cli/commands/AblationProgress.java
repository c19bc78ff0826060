package ser.cli.commands;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import ser.cli.output.Progress;
import ser.pipeline.ablation.AblationListener;
import ser.pipeline.ablation.AblationUnit;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.UnusableClip;

/**
 * Shows an ablation's progress: a bar over all epochs on a terminal, elsewhere a line for each
 * fold, and one each minute, with an estimate of the remaining time.
 */
final class AblationProgress implements AblationListener, AutoCloseable {
  private static final long MINUTE = 60_000_000_000L;

  private final PrintWriter err;
  private final Map<AblationUnit, Integer> epochs = new HashMap<>();
  private Progress bar = Progress.hidden();
  private int folds;
  private int foldsDone;
  private long epochsPending;
  private long epochsTrained;
  private long epochsOver;
  private long begun;
  private long shown;

  AblationProgress(PrintWriter err) {
    this.err = err;
  }

  @Override
  public synchronized void leftOut(List<UnusableClip> clips) {
    err.println("note: " + UnusableClip.summary(clips));
  }

  @Override
  public synchronized void planned(int done, List<Integer> pendingEpochs) {
    foldsDone = done;
    folds = done + pendingEpochs.size();
    epochsPending = pendingEpochs.stream().mapToLong(each -> each).sum();
    err.printf("%d of %d folds are done%n", foldsDone, folds);
    begun = System.nanoTime();
    shown = begun;
    if (epochsPending > 0) {
      bar = Progress.of("Epochs", epochsPending);
    }
  }

  @Override
  public synchronized void epoch(AblationUnit unit, int epoch, int all) {
    Integer before = epochs.put(unit, epoch);
    // A training that was cut off begins further on.
    epochsOver += before == null ? epoch : epoch - before;
    epochsTrained++;
    bar.to(epochsOver);
    if (System.nanoTime() - shown > MINUTE && !Progress.isShown()) {
      shown = System.nanoTime();
      err.printf(
          "%s: epoch %d of %d; %d of %d folds are done%s%n",
          unit, epoch, all, foldsDone, folds, remaining());
    }
  }

  @Override
  public synchronized void fold(AblationUnit unit, FoldReport report) {
    foldsDone++;
    shown = System.nanoTime();
    err.printf(
        Locale.ROOT,
        "%s: UA %.3f, WA %.3f on %d clips; %d of %d folds are done%s%n",
        unit,
        report.confusion().unweightedAccuracy(),
        report.confusion().weightedAccuracy(),
        report.predictions().size(),
        foldsDone,
        folds,
        remaining());
  }

  /** A line where that was all that a fold lacked. */
  @Override
  public synchronized void aligned(AblationUnit unit) {
    if (!epochs.containsKey(unit)) {
      err.printf("%s: alignment measured%n", unit);
    }
  }

  /** From the mean time of the epochs so far. */
  private String remaining() {
    long left = epochsPending - epochsOver;
    if (left <= 0 || epochsTrained == 0) {
      return "";
    }
    double each = (double) (System.nanoTime() - begun) / epochsTrained;
    return ", about %s left".formatted(text(Duration.ofNanos((long) (each * left))));
  }

  /** For example {@code "1 h 20 min"}. */
  static String text(Duration time) {
    long minutes = Math.round(time.toSeconds() / 60.0);
    if (minutes < 1) {
      return "%d s".formatted(time.toSeconds());
    }
    return minutes < 60
        ? "%d min".formatted(minutes)
        : "%d h %d min".formatted(minutes / 60, minutes % 60);
  }

  @Override
  public synchronized void close() {
    bar.close();
  }
}
