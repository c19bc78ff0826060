package ser.pipeline.recognition;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import ser.api.AudioInput;
import ser.api.BackendException;
import ser.api.FileResult;
import ser.api.Recognition;
import ser.api.SerException;

/**
 * Classifies many files on all cores: each worker takes files that stand side by side, prepares as
 * many as fill a batch, and classifies it, so that some prepare while others compute. Results are
 * delivered in the order of the files. At any time each worker holds one batch, and at most {@value
 * #CAPACITY} results wait for an earlier one.
 *
 * <p>The files that share a batch depend on the files and the number of workers alone, and never on
 * the workers' speeds: a batch decides on the last digits of its probabilities.
 *
 * @param <P> a prepared file
 */
final class FileBatches<P> {
  /** The most files between the first one that has not been delivered and the last one begun. */
  static final int CAPACITY = 1024;

  private final Steps<P> steps;
  private final int fullBatch;
  private final int workers;

  /** The work on a file. Thread-safe. */
  interface Steps<P> {
    /**
     * Reads a file or a channel of it.
     *
     * @throws SerException when the file is to blame
     */
    P prepare(AudioInput input);

    /** {@return the part of a batch that a prepared file fills} */
    int size(P prepared);

    /**
     * Classifies a batch.
     *
     * @return a recognition for each file
     * @throws SerException when the engine fails; then all files of the batch have failed
     */
    List<Recognition> classify(List<P> batch);
  }

  /**
   * Plans a run.
   *
   * @param fullBatch the size from which on a batch is classified
   * @param workers the number of threads
   */
  FileBatches(Steps<P> steps, int fullBatch, int workers) {
    this.steps = steps;
    this.fullBatch = fullBatch;
    this.workers = workers;
  }

  /**
   * Classifies all files.
   *
   * @param results called with each result, on the calling thread; an exception of it ends the run
   */
  void run(List<AudioInput> files, Consumer<FileResult> results) {
    // No worker is idle while another has more than its part.
    int share = Math.max(1, Math.min(fullBatch, (files.size() + workers - 1) / workers));
    try (OrderedExecutor<FileResult> executor =
        new OrderedExecutor<>("recognizer", workers, CAPACITY, results)) {
      for (int first = 0; first < files.size(); first += share) {
        List<AudioInput> side = files.subList(first, Math.min(first + share, files.size()));
        executor.submit(side.size(), some -> classify(side, some));
      }
      executor.finish();
    }
  }

  private void classify(List<AudioInput> files, OrderedExecutor.Results<FileResult> results)
      throws InterruptedException {
    List<Integer> indices = new ArrayList<>();
    List<P> batch = new ArrayList<>();
    int size = 0;
    for (int index = 0; index < files.size(); index++) {
      if (Thread.interrupted()) {
        throw new InterruptedException("the run has ended");
      }
      try {
        P prepared = steps.prepare(files.get(index));
        batch.add(prepared);
        indices.add(index);
        size += steps.size(prepared);
      } catch (SerException e) {
        results.put(index, failed(files.get(index), e));
      }
      if (size >= fullBatch) {
        classify(files, indices, batch, results);
        indices.clear();
        batch.clear();
        size = 0;
      }
    }
    if (!batch.isEmpty()) {
      classify(files, indices, batch, results);
    }
  }

  private void classify(
      List<AudioInput> files,
      List<Integer> indices,
      List<P> batch,
      OrderedExecutor.Results<FileResult> results) {
    List<Recognition> recognitions;
    try {
      recognitions = steps.classify(batch);
    } catch (SerException e) {
      for (int index : indices) {
        AudioInput input = files.get(index);
        String message = input.name() + ": " + e.getMessage();
        results.put(index, failed(input, new BackendException(message, e)));
      }
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      int index = indices.get(i);
      AudioInput input = files.get(index);
      results.put(
          index,
          new FileResult.Recognized(
              file(input), ChannelInputs.channel(input), recognitions.get(i)));
    }
  }

  private static FileResult failed(AudioInput input, SerException reason) {
    return new FileResult.Failed(file(input), ChannelInputs.channel(input), reason);
  }

  private static Path file(AudioInput input) {
    return input.file().orElseThrow();
  }
}
