package ser.pipeline.recognition;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import ser.api.BackendException;
import ser.api.FileResult;
import ser.api.Recognition;
import ser.api.SerException;

/**
 * Hears many files on all cores: each worker takes files that stand side by side, prepares as many
 * as fill a batch, and hears it, so that some prepare while others hear. Outcomes are told in the
 * order of the files. At any time each worker holds one batch, and at most {@value #AHEAD} outcomes
 * wait for an earlier one.
 *
 * <p>Which files share a batch depends on the files and the number of workers alone, and never on
 * which worker was faster: a batch decides on the last digits of its answers.
 *
 * @param <P> a prepared file
 */
final class OrderedBatches<P> {
  /** How far a file may be ahead of the first one that has not been told. */
  static final int AHEAD = 1024;

  private static final int NONE = -1;

  private final Steps<P> steps;
  private final int fullBatch;
  private final int workers;
  private final Semaphore hearing;

  /** What is done with a file. Thread-safe. */
  interface Steps<P> {
    /**
     * Reads a file.
     *
     * @throws SerException when the file is to blame
     */
    P prepare(Path file);

    /** How much of a batch a prepared file fills. */
    int size(P prepared);

    /**
     * Hears a batch.
     *
     * @return a recognition for each file
     * @throws SerException when the engine fails; then all files of the batch have failed
     */
    List<Recognition> hear(List<P> batch);
  }

  /**
   * Plans a run.
   *
   * @param fullBatch the size from which on a batch is heard
   * @param workers how many threads prepare
   * @param hearers how many of them hear at the same time
   */
  OrderedBatches(Steps<P> steps, int fullBatch, int workers, int hearers) {
    this.steps = steps;
    this.fullBatch = fullBatch;
    this.workers = workers;
    this.hearing = new Semaphore(hearers);
  }

  /**
   * Hears all files.
   *
   * @param outcomes told of each outcome, on the calling thread; what it throws ends the run
   */
  void run(List<Path> files, Consumer<FileResult> outcomes) {
    Run run = new Run(files);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Math.min(workers, files.size()); i++) {
      Thread thread = new Thread(run::work, "recognizer-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
    try {
      for (int i = 0; i < files.size(); i++) {
        outcomes.accept(run.await(i));
      }
    } finally {
      run.stop();
      // The engine must not be closed under a call.
      threads.forEach(OrderedBatches::awaitEnd);
    }
  }

  private static void awaitEnd(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** One run's state; its monitor guards it. */
  private final class Run {
    private final List<Path> files;
    private final int share;
    private final Map<Integer, FileResult> known = new HashMap<>();
    private int taken;
    private int told;
    private boolean stopped;
    private @Nullable Throwable failure;

    Run(List<Path> files) {
      this.files = files;
      // No worker is idle while another has more than its part.
      this.share = Math.max(1, Math.min(fullBatch, (files.size() + workers - 1) / workers));
    }

    void work() {
      try {
        for (int first = take(); first != NONE; first = take()) {
          hearShare(first, Math.min(first + share, files.size()));
        }
      } catch (InterruptedException | RuntimeException | Error e) {
        fail(e);
      }
    }

    private void hearShare(int first, int end) throws InterruptedException {
      List<Integer> indices = new ArrayList<>();
      List<P> batch = new ArrayList<>();
      int size = 0;
      for (int index = first; index < end; index++) {
        try {
          P prepared = steps.prepare(files.get(index));
          batch.add(prepared);
          indices.add(index);
          size += steps.size(prepared);
        } catch (SerException e) {
          put(index, new FileResult.Failed(files.get(index), e));
        }
        if (size >= fullBatch) {
          hear(indices, batch);
          indices.clear();
          batch.clear();
          size = 0;
        }
      }
      if (!batch.isEmpty()) {
        hear(indices, batch);
      }
    }

    private void hear(List<Integer> indices, List<P> batch) throws InterruptedException {
      List<Recognition> heard;
      hearing.acquire();
      try {
        heard = steps.hear(batch);
      } catch (SerException e) {
        for (int index : indices) {
          Path file = files.get(index);
          put(
              index,
              new FileResult.Failed(file, new BackendException(file + ": " + e.getMessage(), e)));
        }
        return;
      } finally {
        hearing.release();
      }
      for (int i = 0; i < batch.size(); i++) {
        int index = indices.get(i);
        put(index, new FileResult.Recognized(files.get(index), heard.get(i)));
      }
    }

    /** The first file of the next share, once it is not too far ahead. */
    private synchronized int take() throws InterruptedException {
      while (!stopped && taken < files.size() && taken + share - told > AHEAD) {
        wait();
      }
      if (stopped || taken >= files.size()) {
        return NONE;
      }
      int first = taken;
      taken += share;
      return first;
    }

    private synchronized void put(int index, FileResult outcome) {
      known.put(index, outcome);
      notifyAll();
    }

    private synchronized void fail(Throwable thrown) {
      failure = thrown;
      notifyAll();
    }

    synchronized void stop() {
      stopped = true;
      notifyAll();
    }

    /** Waits for an outcome; what was told before it has been told for good. */
    synchronized FileResult await(int index) {
      told = index;
      notifyAll();
      while (true) {
        @Nullable FileResult outcome = known.remove(index);
        if (outcome != null) {
          return outcome;
        }
        if (failure instanceof Error error) {
          throw error;
        }
        if (failure != null) {
          throw new IllegalStateException("hearing files failed", failure);
        }
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new SerException("Interrupted while files were heard", e);
        }
      }
    }
  }
}
