package ser.cli.output;

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

/** A progress bar on standard error when that is a terminal; nothing otherwise. */
public final class Progress implements AutoCloseable {
  private Optional<ProgressBar> bar;

  private Progress(Optional<ProgressBar> bar) {
    this.bar = bar;
  }

  /**
   * {@return whether standard error is a terminal, which {@code bin/ser} finds out: Java cannot
   * before version 22}
   */
  public static boolean isShown() {
    return Boolean.getBoolean("ser.terminal");
  }

  /** {@return whether results go to a terminal, where a bar among them would be in the way} */
  public static boolean resultsAreShown() {
    return Boolean.getBoolean("ser.terminal.results");
  }

  /** {@return a bar that is not shown} */
  public static Progress hidden() {
    return new Progress(Optional.empty());
  }

  /**
   * Shows a bar.
   *
   * @param task what stands before it
   * @param total the steps there are; −1 if unknown
   * @return the bar; the caller closes it
   */
  public static Progress of(String task, long total) {
    return of(task, total, 0, Duration.ZERO);
  }

  /**
   * Shows a bar for work that is under way.
   *
   * @param task what stands before it
   * @param total the steps there are
   * @param done the steps done before, from which no speed is estimated
   * @param elapsed the time since then
   * @return the bar; the caller closes it
   */
  public static Progress of(String task, long total, long done, Duration elapsed) {
    if (!isShown()) {
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

  /**
   * Moves the bar.
   *
   * @param done the steps done, of all
   */
  public synchronized void to(long done) {
    bar.ifPresent(shown -> shown.stepTo(done));
  }

  /** Moves the bar by one step. */
  public synchronized void step() {
    bar.ifPresent(ProgressBar::step);
  }

  /** Ends the bar's line. Closing twice does nothing. */
  @Override
  public synchronized void close() {
    bar.ifPresent(ProgressBar::close);
    bar = Optional.empty();
  }
}
