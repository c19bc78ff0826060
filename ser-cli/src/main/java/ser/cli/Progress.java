package ser.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on standard error, where a person watches; nothing where nobody does. */
final class Progress implements AutoCloseable {
  private Optional<ProgressBar> bar;

  private Progress(Optional<ProgressBar> bar) {
    this.bar = bar;
  }

  /**
   * Whether standard error is a terminal: {@code bin/ser} knows, Java does not before version 22.
   */
  static boolean isWatched() {
    return Boolean.getBoolean("ser.terminal");
  }

  /** Whether results go to a terminal, where a bar among them would only be in the way. */
  static boolean showsResults() {
    return Boolean.getBoolean("ser.terminal.results");
  }

  /** Shows nothing. */
  static Progress hidden() {
    return new Progress(Optional.empty());
  }

  static Progress of(String task, long total) {
    return of(task, total, 0, Duration.ZERO);
  }

  /**
   * Shows work that is under way.
   *
   * @param done what was done before, which says nothing about the speed
   * @param elapsed how long the work has gone on since then
   */
  static Progress of(String task, long total, long done, Duration elapsed) {
    if (!isWatched()) {
      return hidden();
    }
    PrintStream terminal =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    return new Progress(
        Optional.of(
            new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .startsFrom(done, elapsed)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(200)
                .setConsumer(new ConsoleProgressBarConsumer(terminal, 80))
                .build()));
  }

  synchronized void to(long done) {
    bar.ifPresent(shown -> shown.stepTo(done));
  }

  synchronized void step() {
    bar.ifPresent(ProgressBar::step);
  }

  /** Ends the bar's line. Closing twice does nothing. */
  @Override
  public synchronized void close() {
    bar.ifPresent(ProgressBar::close);
    bar = Optional.empty();
  }
}
