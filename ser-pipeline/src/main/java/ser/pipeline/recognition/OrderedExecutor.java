package ser.pipeline.recognition;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import ser.api.SerException;

/**
 * Runs tasks on a bounded pool and delivers their results in the order of submission, on the thread
 * that submits. For one submitting thread.
 *
 * @param <T> a result
 */
final class OrderedExecutor<T> implements AutoCloseable {
  private final int capacity;
  private final Consumer<T> consumer;
  private final ExecutorService pool;
  private final Deque<CompletableFuture<T>> pending = new ArrayDeque<>();

  /** Computes some results, one after another. */
  @FunctionalInterface
  interface Task<T> {
    /**
     * Computes the results.
     *
     * @param results takes each result once, in any order
     * @throws InterruptedException when the executor is closed meanwhile
     */
    void run(Results<T> results) throws InterruptedException;
  }

  /** Takes the results of a task. */
  @FunctionalInterface
  interface Results<T> {
    /**
     * Takes a result.
     *
     * @param index from 0 to below the number of results of the task
     */
    void put(int index, T result);
  }

  /**
   * Creates the pool; its threads start with the tasks.
   *
   * @param name of the threads, before their numbers
   * @param threads the number of tasks that run at a time
   * @param capacity the most results that are submitted and not delivered, those of one task at
   *     least
   * @param consumer called with each result, on the submitting thread
   */
  OrderedExecutor(String name, int threads, int capacity, Consumer<T> consumer) {
    this.capacity = capacity;
    this.consumer = consumer;
    this.pool =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Submits a task, once there is room for its results. Delivers the results that are ready, and
   * waits for those that are in the way.
   *
   * @param count the number of its results
   * @throws SerException a failure of an earlier task
   */
  void submit(int count, Task<T> task) {
    while (!pending.isEmpty()
        && (pending.size() + count > capacity || pending.getFirst().isDone())) {
      deliverNext();
    }
    List<CompletableFuture<T>> results =
        Stream.generate(CompletableFuture<T>::new).limit(count).toList();
    pending.addAll(results);
    pool.execute(() -> run(task, results));
  }

  private static <T> void run(Task<T> task, List<CompletableFuture<T>> results) {
    Throwable failure = new IllegalStateException("a task without all its results");
    try {
      task.run((index, result) -> results.get(index).complete(result));
    } catch (InterruptedException | RuntimeException | Error e) {
      failure = e;
    }
    for (CompletableFuture<T> result : results) {
      result.completeExceptionally(failure); // those that are not complete
    }
  }

  /** Waits for all tasks and delivers their results. */
  void finish() {
    while (!pending.isEmpty()) {
      deliverNext();
    }
  }

  private void deliverNext() {
    T result;
    if (Thread.currentThread().isInterrupted()) {
      throw new SerException("The thread was interrupted during recognition");
    }
    try {
      result = pending.removeFirst().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SerException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException("a task failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SerException("The thread was interrupted during recognition", e);
    }
    consumer.accept(result);
  }

  /**
   * Drops the tasks that have not begun, interrupts the others and waits for their end: nothing
   * they use may be closed before.
   */
  @Override
  public void close() {
    pool.shutdownNow();
    boolean interrupted = false;
    while (!pool.isTerminated()) {
      try {
        pool.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
