package ser.pipeline.recognition;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import ser.api.AudioException;
import ser.api.EmotionStream;
import ser.api.SerException;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.features.dsp.FeatureSettings;

/**
 * What streams have in common: their states, and the windows or segments that are pending until
 * there are enough for a call of the engine. A file is taken piece by piece like a stream.
 *
 * @param <T> a window or segment that has all its frames
 */
abstract class FileStream<T> implements EmotionStream {
  /** Samples that are taken up at once, however many are pushed. */
  static final int PIECE = 1 << 15;

  private enum State {
    OPEN,
    FINISHED,
    CLOSED
  }

  private final FeatureSettings features;
  private final int sampleRate;
  private final Consumer<WindowRecognition> consumer;
  private final Optional<OrderedExecutor<List<WindowRecognition>>> executor;
  private final List<T> pending = new ArrayList<>();
  private long samples; // taken so far
  private State state = State.OPEN;

  /**
   * Opens a stream.
   *
   * @param threads that compute while the caller goes on; 0 to compute on the caller's
   */
  FileStream(
      FeatureSettings features, int sampleRate, int threads, Consumer<WindowRecognition> consumer) {
    this.features = features;
    this.sampleRate = sampleRate;
    this.consumer = consumer;
    this.executor =
        threads == 0
            ? Optional.empty()
            : Optional.of(new OrderedExecutor<>("timeline", threads, threads + 1, this::deliver));
  }

  /** Takes a piece of at most {@link #PIECE} finite samples. */
  abstract void takePiece(float[] piece, int offset, int length);

  /** Adds what is complete now that the signal is at its end. */
  abstract void end();

  /** Classifies windows or segments, in one call of the engine. */
  abstract List<WindowRecognition> classify(List<T> windows);

  @Override
  public final void push(float[] piece, int offset, int length) {
    Objects.requireNonNull(piece, "samples");
    Objects.checkFromIndexSize(offset, length, piece.length);
    if (state != State.OPEN) {
      throw new SerException(
          "The stream is %s and takes no more samples; open another"
              .formatted(state == State.CLOSED ? "closed" : "finished"));
    }
    for (int i = 0; i < length; i++) {
      if (!Float.isFinite(piece[offset + i])) {
        throw new AudioException(
            "The stream: sample %d is %s; expected finite numbers"
                .formatted(samples + i, piece[offset + i]));
      }
    }
    orClose(
        () -> {
          take(piece, offset, length);
          classifyPending();
        });
  }

  /** Takes finite samples, and classifies only when there is enough for a call of the engine. */
  final void take(float[] piece, int offset, int length) {
    for (int done = 0; done < length; done += PIECE) {
      int count = Math.min(PIECE, length - done);
      takePiece(piece, offset + done, count);
      samples += count;
    }
  }

  @Override
  public final void finish() {
    if (state == State.CLOSED) {
      throw new SerException("The stream is closed and cannot be finished; finish it before");
    }
    if (state == State.FINISHED) {
      return;
    }
    state = State.FINISHED;
    if (samples < StreamOptions.SHORTEST_WINDOW * sampleRate) {
      return;
    }
    orClose(
        () -> {
          end();
          flush();
        });
  }

  @Override
  public final void close() {
    state = State.CLOSED;
    pending.clear();
    executor.ifPresent(OrderedExecutor::close);
  }

  /** A stream that has failed somewhere cannot go on. */
  private void orClose(Runnable work) {
    boolean done = false;
    try {
      work.run();
      done = true;
    } finally {
      if (!done) {
        close();
      }
    }
  }

  /** Returns the whole frames next to a time, one at least. */
  final int wholeFrames(double seconds) {
    return (int) Math.max(1, Math.round(seconds * features.sampleRate() / features.hopLength()));
  }

  /** Returns the time of a frame's centre. */
  final double seconds(long frame) {
    return (double) frame * features.hopLength() / features.sampleRate();
  }

  /** {@return the duration of what was taken before the current piece, in seconds} */
  final double duration() {
    return (double) samples / sampleRate;
  }

  /** Adds a window or segment. */
  final void add(T window) {
    pending.add(window);
    if (pending.size() == WindowClassifier.WINDOWS_AT_ONCE) {
      classifyPending();
    }
  }

  private void classifyPending() {
    List<T> windows = List.copyOf(pending);
    pending.clear();
    if (windows.isEmpty()) {
      return;
    }
    if (executor.isPresent()) {
      executor.get().submit(1, results -> results.put(0, classify(windows)));
    } else {
      deliver(classify(windows));
    }
  }

  /** Classifies what is pending, and delivers the results of all. */
  final void flush() {
    classifyPending();
    executor.ifPresent(OrderedExecutor::finish);
  }

  private void deliver(List<WindowRecognition> recognitions) {
    for (WindowRecognition recognition : recognitions) {
      if (state == State.CLOSED) {
        return; // by the consumer
      }
      consumer.accept(recognition);
    }
  }
}
