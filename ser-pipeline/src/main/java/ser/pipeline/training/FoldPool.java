package ser.pipeline.training;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import ser.api.SerException;

/** A pool of threads that trains folds, some at once. */
public final class FoldPool {
  /** The name of the threads that train. */
  static final String WORKER = "fold";

  private FoldPool() {}

  /**
   * Trains folds, and returns when no thread is at work on one any more.
   *
   * @param name of the whole, for messages: a run or an ablation
   * @param jobs number of folds that are trained at once, 1 or more
   * @param folds trainings in order; false when one was stopped
   * @param over set once a training fails, so that the others keep their states and end
   * @return whether all were trained to their ends
   * @throws SerException when a training fails with one, or the caller is interrupted
   */
  public static boolean trainAll(
      String name, int jobs, List<? extends Callable<Boolean>> folds, AtomicBoolean over) {
    ExecutorService workers = Executors.newFixedThreadPool(jobs, task -> new Thread(task, WORKER));
    try {
      List<Future<Boolean>> running = new ArrayList<>();
      folds.forEach(fold -> running.add(workers.submit(fold)));
      boolean complete = true;
      for (Future<Boolean> fold : running) {
        complete &= result(name, fold);
      }
      return complete;
    } finally {
      // When a fold fails, the others keep their states before the backend closes under them.
      over.set(true);
      workers.shutdown();
      awaitEnd(workers);
    }
  }

  private static void awaitEnd(ExecutorService workers) {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = workers.awaitTermination(1, TimeUnit.HOURS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean result(String name, Future<Boolean> fold) {
    try {
      return fold.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SerException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException("a fold failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SerException("The %s was interrupted".formatted(name), e);
    }
  }
}
