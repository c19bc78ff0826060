package ser.pipeline.recognition;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import ser.api.AudioException;
import ser.api.EmotionStream;
import ser.api.SerException;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.features.audio.AudioClip;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.features.dsp.Level;
import ser.features.dsp.OffsetRemoval;
import ser.pipeline.modelpackage.ModelDescription;

/**
 * A stream on a model: features are computed once per frame and kept as long as a window that needs
 * them may come; each hop the latest of them, trimmed as a clip is, make a window.
 *
 * <p>A window reaches from the centre of one frame to the centre of another, so that it has the
 * frames of a clip of its length. It differs from that clip in its outermost frames alone, which
 * see what really came before and after instead of the clip's reflection.
 */
final class WindowedStream implements EmotionStream {
  /** Samples that are taken up at once, however many are pushed. */
  static final int PIECE = 1 << 15;

  private enum State {
    OPEN,
    FINISHED,
    CLOSED
  }

  /** A window that has all its frames; without features when it is silent. */
  private record Window(double start, double end, Optional<Supplier<FeatureMatrix>> speech) {}

  private final ModelDescription description;
  private final Frontend frontend;
  private final WindowClassifier classifier;
  private final Consumer<WindowRecognition> consumer;
  private final Optional<OrderedExecutor<List<WindowRecognition>>> executor;
  private final int sampleRate;
  private final int windowFrames; // from the first frame to the last
  private final int hopFrames;
  private final Frontend.Signal signal;

  private final float[] rows; // [windowFrames + 1, columns], standardised; a frame's place repeats
  private final double[] power; // [windowFrames + 1], of each frame before that
  private final Optional<LatestSamples> audio; // for a pretrained encoder
  private final Deque<Level> levels = new ArrayDeque<>(); // of the samples from frame to frame
  private long firstLevel; // the frame where they begin
  private long frames; // known so far
  private long windowEnd; // the last frame of the next window
  private long samples; // pushed so far
  private final List<Window> pending = new ArrayList<>();
  private State state = State.OPEN;

  /**
   * Opens a stream.
   *
   * @param threads that compute while the caller goes on; 0 to compute on the caller's
   */
  WindowedStream(
      ModelDescription description,
      Frontend frontend,
      WindowClassifier classifier,
      int sampleRate,
      StreamOptions options,
      int threads,
      Consumer<WindowRecognition> consumer) {
    this.description = description;
    this.frontend = frontend;
    this.classifier = classifier;
    this.sampleRate = sampleRate;
    this.consumer = consumer;
    this.windowFrames = wholeFrames(options.windowSeconds());
    this.hopFrames = wholeFrames(options.hopSeconds());
    if (windowFrames >= WindowPlan.longestFrames(description)) {
      throw new SerException(
          "A window of %s s has %d frames of this model's features; expected less than %d"
              .formatted(
                  options.windowSeconds(), windowFrames, WindowPlan.longestFrames(description)));
    }
    this.windowEnd = windowFrames;
    this.rows =
        new float
            [frontend.isPretrained() ? 0 : (windowFrames + 1) * description.features().columns()];
    this.audio =
        frontend.isPretrained()
            ? Optional.of(
                new LatestSamples(
                    Math.toIntExact(firstSampleAfter(windowFrames) + 2L * PIECE + sampleRate)))
            : Optional.empty();
    this.power = new double[windowFrames + 1];
    this.signal =
        frontend.signal(sampleRate, (int) firstSampleAfter(windowFrames - 1), this::accept);
    this.executor =
        threads == 0
            ? Optional.empty()
            : Optional.of(new OrderedExecutor<>("timeline", threads, threads + 1, this::deliver));
  }

  private int wholeFrames(double seconds) {
    FeatureSettings settings = description.features();
    return (int) Math.max(1, Math.round(seconds * settings.sampleRate() / settings.hopLength()));
  }

  @Override
  public void push(float[] piece, int offset, int length) {
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

  /** Takes finite samples, and classifies windows only when there are enough for a call. */
  void take(float[] piece, int offset, int length) {
    for (int done = 0; done < length; done += PIECE) {
      int count = Math.min(PIECE, length - done);
      note(piece, offset + done, count);
      if (audio.isPresent()) {
        audio.get().add(piece, offset + done, count);
      }
      signal.push(piece, offset + done, count);
    }
  }

  @Override
  public void finish() {
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
          signal.finish();
          long last = frames - 1;
          boolean none = windowEnd == windowFrames;
          if (none || last > windowEnd - hopFrames) {
            // The last sample may stand between two frames.
            add(Math.max(0, last - windowFrames), last, frames, (double) samples / sampleRate);
          }
          flush();
        });
  }

  @Override
  public void close() {
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

  /**
   * Notes the level from each frame's centre to the next one's, by which a window's silence is
   * found as a clip's is: about the window's own mean, which the running offset may still be far
   * from.
   */
  private void note(float[] piece, int offset, int length) {
    int done = 0;
    while (done < length) {
      long frame = frameAt(samples);
      int count = (int) Math.min(length - done, firstSampleAfter(frame) - samples);
      if (firstLevel + levels.size() <= frame) {
        levels.addLast(new Level());
      }
      levels.getLast().add(piece, offset + done, count);
      samples += count;
      done += count;
    }
  }

  private long frameAt(long sample) {
    return sample
        * description.features().sampleRate()
        / ((long) sampleRate * description.features().hopLength());
  }

  private long firstSampleAfter(long frame) {
    long numerator = (frame + 1) * sampleRate * description.features().hopLength();
    int rate = description.features().sampleRate();
    return (numerator + rate - 1) / rate;
  }

  /** Takes frames from the extraction. */
  private void accept(float[] values, int count) {
    int columns = description.features().columns();
    float[] standardized = audio.isPresent() ? values : standardized(values, count);
    for (int i = 0; i < count; i++) {
      int place = (int) (frames % power.length);
      if (audio.isEmpty()) {
        System.arraycopy(standardized, i * columns, rows, place * columns, columns);
      }
      power[place] = frontend.power(values, i * columns);
      frames++;
      while (firstLevel < frames - power.length && !levels.isEmpty()) {
        levels.removeFirst();
        firstLevel++;
      }
      if (frames - 1 == windowEnd) {
        add(windowEnd - windowFrames, windowEnd, windowEnd, seconds(windowEnd));
        windowEnd += hopFrames;
        if (pending.size() == WindowClassifier.WINDOWS_AT_ONCE) {
          classifyPending();
        }
      }
    }
  }

  private float[] standardized(float[] values, int count) {
    int columns = description.features().columns();
    FeatureMatrix known = new FeatureMatrix(count, columns, Arrays.copyOf(values, count * columns));
    return description.standardization().apply(known).values();
  }

  private double seconds(long frame) {
    return (double) frame
        * description.features().hopLength()
        / description.features().sampleRate();
  }

  /** Adds the window from one frame to another, whose samples end before a third. */
  private void add(long first, long last, long samplesEnd, double end) {
    pending.add(
        new Window(
            seconds(first),
            end,
            level(first, samplesEnd).peak() < Frontend.SILENCE
                ? Optional.empty()
                : Optional.of(speech(first, (int) (last - first) + 1))));
  }

  private Level level(long from, long to) {
    Level window = new Level();
    long frame = firstLevel;
    for (Iterator<Level> each = levels.iterator(); each.hasNext() && frame < to; frame++) {
      Level next = each.next();
      if (frame >= from) {
        window.add(next);
      }
    }
    return window;
  }

  /** Returns the standardised features of a window's speech, or what will encode them. */
  private Supplier<FeatureMatrix> speech(long first, int count) {
    Frontend.Cut cut =
        frontend.cut(IntStream.range(0, count).mapToDouble(i -> power[place(first + i)]).toArray());
    if (audio.isPresent()) {
      AudioClip segment =
          AudioClip.of(
              audio.get().copy(sampleAt(first + cut.from()), sampleAt(first + cut.to())),
              sampleRate);
      return () ->
          description
              .standardization()
              .apply(frontend.encoded(OffsetRemoval.from(segment), cut.to() - cut.from()));
    }
    FeatureMatrix speech = rows(first, cut);
    return () -> speech;
  }

  private long sampleAt(long frame) {
    return Math.min(samples, frame == 0 ? 0 : firstSampleAfter(frame - 1));
  }

  private FeatureMatrix rows(long first, Frontend.Cut cut) {
    int columns = description.features().columns();
    float[] values = new float[(cut.to() - cut.from()) * columns];
    for (int frame = cut.from(); frame < cut.to(); frame++) {
      System.arraycopy(
          rows, place(first + frame) * columns, values, (frame - cut.from()) * columns, columns);
    }
    return new FeatureMatrix(cut.to() - cut.from(), columns, values);
  }

  private int place(long frame) {
    return (int) (frame % power.length);
  }

  /** Classifies the pending windows, in one call of the engine. */
  void classifyPending() {
    List<Window> windows = List.copyOf(pending);
    pending.clear();
    if (executor.isPresent()) {
      executor.get().submit(1, results -> results.put(0, classify(windows)));
    } else {
      deliver(classify(windows));
    }
  }

  /** Classifies the pending windows, and delivers the results of all. */
  void flush() {
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

  private List<WindowRecognition> classify(List<Window> windows) {
    Iterator<WindowClassifier.WindowScores> scores =
        classifier
            .classify(
                windows.stream()
                    .flatMap(window -> window.speech.stream())
                    .map(Supplier::get)
                    .toList())
            .iterator();
    return windows.stream()
        .map(
            window ->
                window.speech.isEmpty()
                    ? WindowRecognition.silent(window.start, window.end)
                    : recognition(window, scores.next()))
        .toList();
  }

  private WindowRecognition recognition(Window window, WindowClassifier.WindowScores scores) {
    double[] probabilities =
        IntStream.range(0, scores.probabilities().length)
            .mapToDouble(i -> scores.probabilities()[i])
            .toArray();
    return new WindowRecognition(window.start, window.end, classifier.byLabel(probabilities));
  }
}
