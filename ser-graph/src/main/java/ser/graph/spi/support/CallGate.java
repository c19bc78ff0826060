package ser.graph.spi.support;

import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import ser.api.BackendException;
import ser.graph.ir.Graph;

/**
 * Guards native memory: admits concurrent calls, and lets {@code close} wait for calls in flight. A
 * call after that is rejected before it reaches freed memory. Thread-safe; calls do not wait for
 * each other.
 */
public final class CallGate {
  private final String function;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  /**
   * Creates an open gate.
   *
   * @param graph the graph that the guarded function was compiled from, named in messages
   */
  public CallGate(Graph graph) {
    this.function = "The function compiled from graph '%s'".formatted(graph.name());
  }

  /**
   * Runs a call unless the gate is closed. The call must not close the gate.
   *
   * @param call the call
   * @param <T> its result
   * @return its result
   * @throws BackendException when the gate is closed
   */
  public <T> T call(Supplier<T> call) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new BackendException(function + " is closed");
      }
      return call.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Closes the gate once the calls in flight have ended. Closing twice does nothing.
   *
   * @param free frees the memory behind the gate
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
