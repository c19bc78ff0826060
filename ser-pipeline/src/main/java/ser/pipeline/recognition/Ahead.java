package ser.pipeline.recognition;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import ser.api.SerException;

/**
 * Computes in threads of its own while the caller prepares what comes next. Results are told in the
 * order of the tasks, in the caller's thread; one more task than there are threads waits at most.
 *
 * @param <T> a result
 */
final class Ahead<T> implements AutoCloseable {
  private final Consumer<T> results;
  private final int threads;
  private final ExecutorService executor;
  private final Deque<Future<T>> begun = new ArrayDeque<>();

  /**
   * Starts nothing yet.
   *
   * @param threads how many tasks are computed at a time
   * @param results told of each result
   */
  Ahead(int threads, Consumer<T> results) {
    this.threads = threads;
    this.results = results;
    this.executor =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "ahead");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Takes a task, once there is room, and tells the results for which nobody needs to wait. */
  void add(Callable<T> task) {
    while (begun.size() > threads || (!begun.isEmpty() && begun.getFirst().isDone())) {
      tellNext();
    }
    begun.add(executor.submit(task));
  }

  /** Tells the results of all tasks. */
  void finish() {
    while (!begun.isEmpty()) {
      tellNext();
    }
  }

  private void tellNext() {
    try {
      results.accept(begun.removeFirst().get());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SerException failure) {
        throw failure;
      }
      throw new IllegalStateException("a task failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SerException("Interrupted while a file was heard", e);
    }
  }

  /** Gives up what has not been told; returns when nothing is computed any more. */
  @Override
  public void close() {
    executor.shutdownNow();
    boolean interrupted = false;
    while (!executor.isTerminated()) {
      try {
        executor.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
