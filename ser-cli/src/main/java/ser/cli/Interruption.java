package ser.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets long work end in good order when the process is told to end (Ctrl-C, {@code kill}). Between
 * {@link #watch} and {@link #close}, the process waits for the work to see {@link #asked} and
 * close; Java then ends with the signal's exit code, 130 or 143.
 */
final class Interruption implements AutoCloseable {
  /** How long the process waits for the work; a step of training takes a second or less. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final AtomicBoolean asked = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::awaitEnd, "interruption");

  private Interruption() {}

  static Interruption watch() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /** Whether the work is to end. */
  boolean asked() {
    return asked.get();
  }

  /** Asks the work to end, as a signal does. */
  void ask() {
    asked.set(true);
  }

  private void awaitEnd() {
    ask();
    try {
      if (!ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("ser: the step under way does not end; what the last one kept stays");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The work has ended and said what there is to say. */
  @Override
  public void close() {
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already; its hook has just been released.
    }
  }
}
