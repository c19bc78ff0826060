package ser.graph.spi.support;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import ser.api.BackendException;

/**
 * Loads a native engine once for the process, on a thread of its own. An interrupt of a caller
 * therefore ends neither the unpacking of libraries nor the engine's initialisation half-way, after
 * which most engines cannot be loaded again. Thread-safe.
 *
 * @param <T> the loaded engine
 */
public final class EngineLoader<T> {
  private final String backend;
  private final String engine;
  private @Nullable FutureTask<T> loading;

  /**
   * Creates a loader; nothing is loaded yet.
   *
   * @param backend the backend's name, for messages
   * @param engine the engine's name, for messages
   */
  public EngineLoader(String backend, String engine) {
    this.backend = backend;
    this.engine = engine;
  }

  /**
   * Waits for the engine, and loads it unless it is loaded or being loaded. After a failure, the
   * next call tries again.
   *
   * @param load loads the engine, with the calling thread's context class loader
   * @return the engine
   * @throws BackendException as {@code load} throws it; or when the calling thread is interrupted
   *     while it waits: its interrupted status is set again, and loading continues
   */
  public T load(Callable<T> load) {
    FutureTask<T> task = start(load);
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendException(
          "Interrupted while backend '%s' was loading %s; loading continues for later calls"
              .formatted(backend, engine),
          e);
    } catch (ExecutionException e) {
      discard(task);
      throw failure(e.getCause() == null ? e : e.getCause());
    } catch (CancellationException e) {
      throw new AssertionError("loading is never cancelled", e);
    }
  }

  private synchronized FutureTask<T> start(Callable<T> load) {
    if (loading == null) {
      FutureTask<T> task = new FutureTask<>(load);
      Thread thread = new Thread(task, "ser-load-" + backend);
      thread.setDaemon(true);
      thread.start();
      loading = task;
    }
    return loading;
  }

  private synchronized void discard(FutureTask<T> failed) {
    if (loading == failed) {
      loading = null;
    }
  }

  private BackendException failure(Throwable cause) {
    if (cause instanceof Error error && !(cause instanceof LinkageError)) {
      throw error;
    }
    // A new exception for each caller: its own stack trace, the shared one underneath.
    return new BackendException(
        cause instanceof BackendException
            ? String.valueOf(cause.getMessage())
            : "Backend '%s' cannot load %s: %s".formatted(backend, engine, cause),
        cause);
  }
}
