package ser.cli.output;

import java.io.PrintWriter;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes lines on a thread of its own, so that nobody waits for a reader that does not read. Lines
 * for which there is no more room are dropped and counted. Thread-safe.
 */
public final class LogWriter implements AutoCloseable {
  private static final int CAPACITY = 10_000;
  private static final long LAST_SECONDS = 2;

  private final PrintWriter out;
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(CAPACITY);
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread = new Thread(this::write, "log");
  private volatile boolean closed;

  /**
   * Starts the thread.
   *
   * @param out where the lines go
   */
  public LogWriter(PrintWriter out) {
    this.out = out;
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Adds a line.
   *
   * @param line without its end
   */
  public void add(String line) {
    if (!lines.offer(line)) {
      dropped.incrementAndGet();
    }
  }

  /** {@return the number of lines that were dropped} */
  public long dropped() {
    return dropped.get();
  }

  private void write() {
    try {
      while (!closed || !lines.isEmpty()) {
        String line = lines.poll(100, TimeUnit.MILLISECONDS);
        if (line != null) {
          out.println(line);
        }
        if (lines.isEmpty()) {
          out.flush();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Writes what is left, for a short time. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(LAST_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
