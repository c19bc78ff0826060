package ser.cli.commands;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import ser.cli.output.Progress;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.TrainingListener;
import ser.pipeline.training.UnusableClip;

/**
 * Shows a training run: a bar at a time on a terminal, a line for each epoch elsewhere or where
 * folds are trained at once.
 */
final class TrainingProgress implements TrainingListener, AutoCloseable {
  private final PrintWriter err;
  private final boolean bars;
  private Progress shown = Progress.hidden();
  private boolean featuresShown;
  private int shownFold;

  TrainingProgress(PrintWriter err, int jobs) {
    this.err = err;
    this.bars = Progress.isShown() && jobs == 1;
  }

  @Override
  public synchronized void leftOut(List<UnusableClip> clips) {
    err.println("note: " + UnusableClip.summary(clips));
  }

  @Override
  public synchronized void features(int done, int total) {
    if (!featuresShown) {
      featuresShown = true;
      show(Progress.of("Features", total));
    }
    shown.to(done);
    if (done == total) {
      close();
    }
  }

  @Override
  public synchronized void epoch(int fold, int epoch, int epochs, double loss, double seconds) {
    if (!bars) {
      err.printf(
          Locale.ROOT,
          "fold %d: epoch %d of %d, loss %.4f, %.1f s%n",
          fold,
          epoch,
          epochs,
          loss,
          seconds);
      return;
    }
    if (shownFold != fold) {
      shownFold = fold;
      // Nothing is known before an epoch is over, and a run that was resumed begins further on.
      Duration elapsed = Duration.ofMillis(Math.round(seconds * 1000));
      show(Progress.of("Fold " + fold, epochs, epoch, elapsed));
    }
    shown.to(epoch);
  }

  private synchronized void show(Progress progress) {
    shown.close();
    shown = progress;
  }

  @Override
  public synchronized void fold(FoldReport report) {
    close();
    err.printf(
        Locale.ROOT,
        "fold %d: UA %.3f, WA %.3f on %d clips; trained in %.0f s%n",
        report.fold(),
        report.confusion().unweightedAccuracy(),
        report.confusion().weightedAccuracy(),
        report.predictions().size(),
        report.seconds());
  }

  @Override
  public synchronized void close() {
    shown.close();
  }
}
