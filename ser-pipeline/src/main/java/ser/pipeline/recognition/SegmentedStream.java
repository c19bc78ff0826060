package ser.pipeline.recognition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import ser.api.SegmentOptions;
import ser.api.WindowRecognition;
import ser.attention.VadNetwork;
import ser.features.dsp.FeatureMatrix;
import ser.pipeline.modelpackage.ModelDescription;

/**
 * A stream that is classified segment by segment: speech is detected in blocks of frames, each with
 * the frames around it that the detector depends on, and each segment of speech is classified as a
 * clip is.
 */
final class SegmentedStream extends FileStream<SegmentedStream.Segment> {
  /** Frames in which speech is detected at once: two seconds. */
  private static final int BLOCK = 200;

  /** Frames kept around a segment, as around the speech of a clip. */
  private static final int MARGIN = 10;

  /** The features of a segment, standardised, in the windows that are classified. */
  record Segment(double start, double end, List<FeatureMatrix> windows) {}

  private final ModelDescription description;
  private final WindowClassifier classifier;
  private final VoiceActivityDetector detector;
  private final Frontend.Signal signal;
  private final SpeechSegmenter segmenter;

  private float[] rows = {}; // [kept frames, columns], not standardised
  private long firstRow; // the frame where they begin
  private long frames; // known so far
  private long detected; // frames whose probability of speech is known
  private long lastEnd; // behind the last segment
  private double duration = Double.POSITIVE_INFINITY; // of the stream, in seconds, once it ends

  /**
   * Opens a stream.
   *
   * @param threads that compute while the caller goes on; 0 to compute on the caller's
   */
  SegmentedStream(
      ModelDescription description,
      Frontend frontend,
      WindowClassifier classifier,
      VoiceActivityDetector detector,
      int sampleRate,
      SegmentOptions options,
      int threads,
      Consumer<WindowRecognition> consumer) {
    super(description.features(), sampleRate, threads, consumer);
    this.description = description;
    this.classifier = classifier;
    this.detector = detector;
    this.signal = frontend.signal(sampleRate, sampleRate, this::accept);
    this.segmenter =
        new SpeechSegmenter(
            wholeFrames(options.pauseSeconds()), wholeFrames(options.longestSeconds()), this::add);
  }

  @Override
  void takePiece(float[] piece, int offset, int length) {
    signal.push(piece, offset, length);
    detect(BLOCK + VadNetwork.CONTEXT);
  }

  @Override
  void end() {
    signal.finish();
    duration = duration();
    detect(1);
    segmenter.finish();
  }

  /** Takes frames from the extraction. */
  private void accept(float[] values, int count) {
    int columns = description.features().columns();
    int kept = (int) (frames - firstRow) * columns;
    if (rows.length < kept + count * columns) {
      rows = Arrays.copyOf(rows, Math.max(2 * rows.length, kept + count * columns));
    }
    System.arraycopy(values, 0, rows, kept, count * columns);
    frames += count;
  }

  /** Detects speech block by block, while at least so many frames are undecided. */
  private void detect(int least) {
    while (frames - detected >= least) {
      long to = Math.min(frames, detected + BLOCK);
      long from = Math.max(firstRow, detected - VadNetwork.CONTEXT);
      FeatureMatrix block = rows(from, Math.min(frames, to + VadNetwork.CONTEXT));
      float[] probabilities = detector.probabilities(List.of(block)).get(0);
      for (long frame = detected; frame < to; frame++) {
        segmenter.accept(probabilities[(int) (frame - from)]);
      }
      detected = to;
      forget(Math.min(detected - VadNetwork.CONTEXT, segmenter.earliest() - MARGIN));
    }
  }

  private void forget(long before) {
    int columns = description.features().columns();
    int count = (int) Math.max(0, before - firstRow);
    int kept = (int) (frames - firstRow) - count;
    System.arraycopy(rows, count * columns, rows, 0, kept * columns);
    firstRow += count;
  }

  /** Returns frames that are kept. */
  private FeatureMatrix rows(long from, long to) {
    int columns = description.features().columns();
    return new FeatureMatrix(
        (int) (to - from),
        columns,
        Arrays.copyOfRange(
            rows, (int) (from - firstRow) * columns, (int) (to - firstRow) * columns));
  }

  /** Adds a segment, with a margin that does not reach into the one before. */
  private void add(long from, long to) {
    FeatureMatrix speech =
        rows(Math.max(Math.max(lastEnd, from - MARGIN), firstRow), Math.min(frames, to + MARGIN));
    add(
        new Segment(
            seconds(from),
            Math.min(seconds(to), duration),
            WindowClassifier.windows(description, speech)));
    lastEnd = to;
  }

  @Override
  List<WindowRecognition> classify(List<Segment> segments) {
    List<List<WindowClassifier.WindowScores>> scores =
        classifier.classifyClips(segments.stream().map(Segment::windows).toList());
    List<WindowRecognition> recognitions = new ArrayList<>();
    for (int i = 0; i < segments.size(); i++) {
      double[] probabilities =
          WindowClassifier.mean(scores.get(i), WindowClassifier.WindowScores::probabilities);
      recognitions.add(
          new WindowRecognition(
              segments.get(i).start(), segments.get(i).end(), classifier.byLabel(probabilities)));
    }
    return recognitions;
  }
}
