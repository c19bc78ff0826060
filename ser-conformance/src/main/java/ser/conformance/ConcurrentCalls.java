package ser.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/** Calls from several threads that start together. */
final class ConcurrentCalls {
  private static final int PATIENCE_SECONDS = 60;

  private ConcurrentCalls() {}

  /**
   * Runs a call in each of several threads, and another in the caller's after all have started.
   *
   * @param threads number of threads
   * @param call the call of each thread, by its number
   * @param meanwhile the call of the caller's thread
   * @return the results of the calls
   */
  static <T> List<T> run(int threads, IntFunction<Callable<T>> call, Runnable meanwhile) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch ready = new CountDownLatch(threads);
      List<Future<T>> futures = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        Callable<T> own = call.apply(thread);
        futures.add(
            pool.submit(
                () -> {
                  ready.countDown();
                  ready.await();
                  return own.call();
                }));
      }
      ready.await();
      meanwhile.run();
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
      }
      return results;
    } catch (ExecutionException e) {
      throw new AssertionError("A thread failed: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("A thread does not finish", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    } finally {
      pool.shutdownNow();
    }
  }

  static <T> List<T> run(int threads, IntFunction<Callable<T>> call) {
    return run(threads, call, () -> {});
  }
}
