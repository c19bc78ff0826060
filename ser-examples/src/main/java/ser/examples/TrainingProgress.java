package ser.examples;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.TrainingListener;

/** Shows a training run: bars where a person watches, a line for each epoch where nobody does. */
final class TrainingProgress implements TrainingListener, AutoCloseable {
  private final PrintWriter err;
  private final AtomicReference<Progress> features = new AtomicReference<>();
  private final Map<Integer, Progress> folds = new ConcurrentHashMap<>();

  TrainingProgress(PrintWriter err) {
    this.err = err;
  }

  @Override
  public synchronized void features(int done, int total) {
    Progress bar = features.get();
    if (bar == null) {
      bar = Progress.of("Features", total);
      features.set(bar);
    }
    bar.to(done);
    if (done == total) {
      bar.close();
    }
  }

  @Override
  public void epoch(int fold, int epoch, int epochs, double loss, double seconds) {
    folds.computeIfAbsent(fold, number -> Progress.of("Fold " + number, epochs)).to(epoch);
    if (!Progress.isWatched()) {
      err.printf(
          Locale.ROOT,
          "fold %d: epoch %d of %d, loss %.4f, %.1f s%n",
          fold,
          epoch,
          epochs,
          loss,
          seconds);
    }
  }

  @Override
  public void fold(FoldReport report) {
    Progress bar = folds.get(report.fold());
    if (bar != null) {
      bar.close();
    }
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
  public void close() {
    folds.values().forEach(Progress::close);
  }
}
