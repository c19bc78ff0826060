package ser.cli.commands;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Orderly end of long work after a signal (Ctrl-C, {@code kill}). Between {@link #watch} and {@link
 * #close}, the process waits for the work to check {@link #isRequested} and close; Java then ends
 * with the signal's exit code, 130 or 143.
 */
final class Interruption implements AutoCloseable {
  /** The longest wait for the work; a step of training takes a second or less. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final AtomicBoolean requested = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::awaitEnd, "interruption");

  private Interruption() {}

  static Interruption watch() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /** {@return whether the work is to end} */
  boolean isRequested() {
    return requested.get();
  }

  /** Requests the end of the work, as a signal does. */
  void request() {
    requested.set(true);
  }

  private void awaitEnd() {
    request();
    try {
      if (!ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println(
            "ser: the step under way does not end; the state after the last one is kept");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Releases the process: the work has ended and its messages are written. After a signal this does
   * not return, and the process ends with the signal's exit code: System.exit in a process that is
   * ending may set another one (JDK 17).
   */
  @Override
  public void close() {
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) { // the process is ending
      while (true) {
        LockSupport.park(this);
      }
    }
  }
}
