package ser.graph.spi.support;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import ser.api.BackendException;

/**
 * The compiled functions of a backend that are not closed. Closing the registry closes them, and
 * rejects what is compiled afterwards. Thread-safe.
 *
 * @param <F> a compiled function
 */
public final class FunctionRegistry<F> {
  private final String backend;
  private final Consumer<? super F> close;
  private final Set<F> functions = new LinkedHashSet<>();
  private boolean closed;

  /**
   * Creates an open registry.
   *
   * @param backend the backend's name, for messages
   * @param close closes a function
   */
  public FunctionRegistry(String backend, Consumer<? super F> close) {
    this.backend = backend;
    this.close = close;
  }

  /**
   * Rejects calls to a closed backend.
   *
   * @throws BackendException when the registry is closed
   */
  public synchronized void checkOpen() {
    if (closed) {
      throw new BackendException("Backend '%s' is closed".formatted(backend));
    }
  }

  /**
   * Creates a function and registers it. No close intervenes between the two.
   *
   * @param create creates the function
   * @param <T> the function's own type
   * @return the function
   * @throws BackendException when the registry is closed; nothing is created then
   */
  public synchronized <T extends F> T register(Supplier<T> create) {
    checkOpen();
    T function = create.get();
    functions.add(function);
    return function;
  }

  /**
   * Removes a function that has been closed. Removing one twice does nothing.
   *
   * @param function the function
   */
  public synchronized void remove(F function) {
    functions.remove(function);
  }

  /**
   * Adds up a quantity of the registered functions.
   *
   * @param quantity of one function, such as its live arrays
   * @return the sum, 0 once all functions are closed
   */
  public synchronized long sum(ToLongFunction<? super F> quantity) {
    return functions.stream().mapToLong(quantity).sum();
  }

  /** Rejects new functions and closes those registered. Closing twice does nothing. */
  public void close() {
    List<F> open;
    synchronized (this) {
      closed = true;
      open = List.copyOf(functions);
      functions.clear();
    }
    // Outside the lock: closing waits for calls in flight, and functions remove themselves.
    open.forEach(close);
  }
}
