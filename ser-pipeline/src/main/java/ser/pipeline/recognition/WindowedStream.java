package ser.pipeline.recognition;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import ser.api.SerException;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.features.audio.AudioClip;
import ser.features.dsp.FeatureMatrix;
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
final class WindowedStream extends FileStream<WindowedStream.Window> {
  /**
   * A window that has all its frames.
   *
   * @param speech makes its features; empty when it is silent
   * @param logMel what speech is detected in, not standardised; empty without a detector
   */
  record Window(
      double start,
      double end,
      Optional<Supplier<FeatureMatrix>> speech,
      Optional<FeatureMatrix> logMel) {}

  private final ModelDescription description;
  private final Frontend frontend;
  private final WindowClassifier classifier;
  private final Optional<VoiceActivityDetector> detector;
  private final int sampleRate;
  private final int windowFrames; // from the first frame to the last
  private final int hopFrames;
  private final Frontend.Signal signal;

  private final float[] rows; // [windowFrames + 1, columns], standardised; a frame's place repeats
  private final float[] logMel; // the same before that, for the detector
  private final double[] power; // [windowFrames + 1], of each frame
  private final Optional<LatestSamples> audio; // for a pretrained encoder
  private final Deque<Level> levels = new ArrayDeque<>(); // of the samples from frame to frame
  private long firstLevel; // the frame where they begin
  private long frames; // known so far
  private long windowEnd; // the last frame of the next window
  private long noted; // samples whose level is noted

  /**
   * Opens a stream.
   *
   * @param threads that compute while the caller goes on; 0 to compute on the caller's
   */
  WindowedStream(
      ModelDescription description,
      Frontend frontend,
      WindowClassifier classifier,
      Optional<VoiceActivityDetector> detector,
      int sampleRate,
      StreamOptions options,
      int threads,
      Consumer<WindowRecognition> consumer) {
    super(description.features(), sampleRate, threads, consumer);
    this.description = description;
    this.frontend = frontend;
    this.classifier = classifier;
    this.detector = detector;
    this.sampleRate = sampleRate;
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
    this.logMel =
        new float[detector.isPresent() ? (windowFrames + 1) * description.features().columns() : 0];
    this.audio =
        frontend.isPretrained()
            ? Optional.of(
                new LatestSamples(
                    Math.toIntExact(firstSampleAfter(windowFrames) + 2L * PIECE + sampleRate)))
            : Optional.empty();
    this.power = new double[windowFrames + 1];
    this.signal =
        frontend.signal(sampleRate, (int) firstSampleAfter(windowFrames - 1), this::accept);
  }

  @Override
  void takePiece(float[] piece, int offset, int length) {
    note(piece, offset, length);
    if (audio.isPresent()) {
      audio.get().add(piece, offset, length);
    }
    signal.push(piece, offset, length);
  }

  @Override
  void end() {
    signal.finish();
    long last = frames - 1;
    boolean none = windowEnd == windowFrames;
    if (none || last > windowEnd - hopFrames) {
      // The last sample may stand between two frames.
      add(Math.max(0, last - windowFrames), last, frames, duration());
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
      long frame = frameAt(noted);
      int count = (int) Math.min(length - done, firstSampleAfter(frame) - noted);
      if (firstLevel + levels.size() <= frame) {
        levels.addLast(new Level());
      }
      levels.getLast().add(piece, offset + done, count);
      noted += count;
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
      if (detector.isPresent()) {
        System.arraycopy(values, i * columns, logMel, place * columns, columns);
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
      }
    }
  }

  private float[] standardized(float[] values, int count) {
    int columns = description.features().columns();
    FeatureMatrix known = new FeatureMatrix(count, columns, Arrays.copyOf(values, count * columns));
    return description.standardization().apply(known).values();
  }

  /** Adds the window from one frame to another, whose samples end before a third. */
  private void add(long first, long last, long samplesEnd, double end) {
    int count = (int) (last - first) + 1;
    boolean silent = level(first, samplesEnd).peak() < Frontend.SILENCE;
    add(
        new Window(
            seconds(first),
            end,
            silent ? Optional.empty() : Optional.of(speech(first, count)),
            silent || detector.isEmpty()
                ? Optional.empty()
                : Optional.of(rows(logMel, first, new Frontend.Cut(0, count)))));
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
    FeatureMatrix speech = rows(rows, first, cut);
    return () -> speech;
  }

  private long sampleAt(long frame) {
    return Math.min(noted, frame == 0 ? 0 : firstSampleAfter(frame - 1));
  }

  private FeatureMatrix rows(float[] kept, long first, Frontend.Cut cut) {
    int columns = description.features().columns();
    float[] values = new float[(cut.to() - cut.from()) * columns];
    for (int frame = cut.from(); frame < cut.to(); frame++) {
      System.arraycopy(
          kept, place(first + frame) * columns, values, (frame - cut.from()) * columns, columns);
    }
    return new FeatureMatrix(cut.to() - cut.from(), columns, values);
  }

  private int place(long frame) {
    return (int) (frame % power.length);
  }

  @Override
  List<WindowRecognition> classify(List<Window> windows) {
    Set<Window> spoken = spoken(windows);
    Iterator<WindowClassifier.WindowScores> scores =
        classifier
            .classify(
                windows.stream()
                    .filter(spoken::contains)
                    .map(window -> window.speech.orElseThrow().get())
                    .toList())
            .iterator();
    return windows.stream()
        .map(
            window ->
                spoken.contains(window)
                    ? recognition(window, scores.next())
                    : WindowRecognition.silent(window.start, window.end))
        .toList();
  }

  /** Returns the windows with speech; without a detector, those that are not silent. */
  private Set<Window> spoken(List<Window> windows) {
    Set<Window> spoken = Collections.newSetFromMap(new IdentityHashMap<>());
    windows.stream().filter(window -> window.speech.isPresent()).forEach(spoken::add);
    List<Window> detected = windows.stream().filter(window -> window.logMel.isPresent()).toList();
    if (detector.isPresent() && !detected.isEmpty()) {
      List<float[]> probabilities =
          detector
              .get()
              .probabilities(detected.stream().map(window -> window.logMel.orElseThrow()).toList());
      for (int i = 0; i < probabilities.size(); i++) {
        if (!VoiceActivityDetector.hasSpeech(probabilities.get(i))) {
          spoken.remove(detected.get(i));
        }
      }
    }
    return spoken;
  }

  private WindowRecognition recognition(Window window, WindowClassifier.WindowScores scores) {
    double[] probabilities =
        IntStream.range(0, scores.probabilities().length)
            .mapToDouble(i -> scores.probabilities()[i])
            .toArray();
    return new WindowRecognition(window.start, window.end, classifier.byLabel(probabilities));
  }
}
