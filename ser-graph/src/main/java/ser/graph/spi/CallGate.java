package ser.graph.spi;

import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import ser.api.BackendException;
import ser.graph.ir.Graph;

/**
 * Lets calls in until it is closed: what a compiled function keeps before memory that is not
 * Java's. Closing waits for the calls under way; a call after it is refused instead of touching
 * what has been freed. Thread-safe; calls do not wait for each other.
 */
public final class CallGate {
  private final String what;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  /**
   * An open gate.
   *
   * @param graph from which the function was compiled whose calls it lets in
   */
  public CallGate(Graph graph) {
    this.what = "The function compiled from graph '%s'".formatted(graph.name());
  }

  /**
   * Calls, unless it is closed. What is called must not close the gate.
   *
   * @param call what is let in
   * @param <T> its result
   * @return the result
   * @throws BackendException when the gate is closed
   */
  public <T> T call(Supplier<T> call) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new BackendException(what + " is closed");
      }
      return call.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Closes, once the calls under way are over. Closing twice does nothing.
   *
   * @param free what frees the memory behind the gate
   */
  public void close(Runnable free) {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        free.run();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
