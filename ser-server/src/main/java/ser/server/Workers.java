package ser.server;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import ser.server.problem.Problem;
import ser.server.problem.ProblemException;

/** The threads that classify, a bounded queue before them, and a time limit on each task. */
final class Workers implements AutoCloseable {
  /**
   * More than cores: while some compute, the others decode what the next batch is made of, and a
   * batch is no larger than their number.
   */
  static final int THREADS = Math.max(16, 4 * Runtime.getRuntime().availableProcessors());

  private final ThreadPoolExecutor pool;
  private final ScheduledExecutorService clock;
  private final Duration timeout;

  /**
   * Starts no thread yet.
   *
   * @param queued the most tasks that wait
   * @param timeout of each task, from its begin
   * @param clock ends tasks; stays the caller's
   */
  Workers(int queued, Duration timeout, ScheduledExecutorService clock) {
    this.timeout = timeout;
    this.clock = clock;
    this.pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(queued),
            task -> {
              Thread thread = new Thread(task, "ser-worker");
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs a task when a thread is free. A failure of it answers the request.
   *
   * @param end called when the task has ended, or was refused
   * @throws ProblemException when too many tasks wait
   */
  void run(Exchange exchange, Runnable task, Runnable end) {
    try {
      pool.execute(
          () -> {
            try {
              runInTime(exchange, task);
            } finally {
              end.run();
            }
          });
    } catch (RejectedExecutionException e) {
      end.run();
      throw pool.isShutdown()
          ? Problem.STOPPING.exception("The server is being stopped")
          : Problem.TOO_MANY_REQUESTS.exception(
              "%d requests wait already; try again later".formatted(pool.getQueue().size()));
    }
  }

  private void runInTime(Exchange exchange, Runnable task) {
    Deadline deadline = new Deadline(Thread.currentThread());
    ScheduledFuture<?> alarm =
        clock.schedule(deadline::expire, timeout.toMillis(), TimeUnit.MILLISECONDS);
    try {
      task.run();
    } catch (JsonLinesSink.ClientGoneException e) {
      // Nobody is there to be told.
    } catch (Throwable e) { // whatever happens, the client gets an answer
      exchange.fail(
          deadline.end()
              ? Problem.TIMEOUT.exception(
                  "Classifying took longer than %d s; send shorter audio"
                      .formatted(timeout.toSeconds()))
              : e);
    } finally {
      deadline.end();
      alarm.cancel(false);
    }
  }

  /** Interrupts a thread, unless its task has ended before. */
  private static final class Deadline {
    private final Thread thread;
    private boolean ended;
    private boolean expired;

    Deadline(Thread thread) {
      this.thread = thread;
    }

    synchronized void expire() {
      if (!ended) {
        expired = true;
        thread.interrupt();
      }
    }

    /** Returns whether the task was interrupted; the thread is not any more. */
    synchronized boolean end() {
      ended = true;
      boolean interrupted = Thread.interrupted();
      return interrupted || expired;
    }
  }

  /** {@return the number of tasks that wait} */
  int waiting() {
    return pool.getQueue().size();
  }

  /** Takes no more tasks; those that were taken go on. */
  void shutdown() {
    pool.shutdown();
  }

  /** Ends all tasks. */
  @Override
  public void close() {
    pool.shutdownNow();
  }
}
