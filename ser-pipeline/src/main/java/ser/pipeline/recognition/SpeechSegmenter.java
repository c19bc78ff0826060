package ser.pipeline.recognition;

/**
 * Divides frames into segments of speech by the probability of speech in each, with hysteresis: a
 * segment is begun by {@value #ONSET} frames of {@value VoiceActivityDetector#SPEECH} or more, with
 * up to {@value #LEAD} frames of {@value #KEPT} or more before them, and ends with a pause of
 * frames below {@value #KEPT}.
 */
final class SpeechSegmenter {
  /** Frames of speech that begin a segment. */
  static final int ONSET = 5;

  /** The probability that goes on with a segment. */
  static final float KEPT = 0.35f;

  /** Frames that may precede the onset. */
  static final int LEAD = 50;

  /** A shorter segment is none, in frames: a tenth of a second. */
  private static final int SHORTEST = 10;

  private final int pause;
  private final int longest;
  private final Sink sink;
  private long frames;
  private int onset; // frames of speech in a row, outside of a segment
  private int lead; // frames that would go on with a segment in a row, outside of one
  private long begin = -1; // of the segment; -1 outside
  private long speechEnd; // behind the segment's last frame of speech

  /** Receives segments. */
  @FunctionalInterface
  interface Sink {
    /**
     * Takes a segment.
     *
     * @param from its first frame
     * @param to the first frame behind it
     */
    void accept(long from, long to);
  }

  /**
   * Begins before the first frame.
   *
   * @param pause frames that end a segment
   * @param longest frames of a segment
   */
  SpeechSegmenter(int pause, int longest, Sink sink) {
    this.pause = pause;
    this.longest = longest;
    this.sink = sink;
  }

  /** Takes the probability of speech in the next frame. */
  void accept(float probability) {
    if (begin < 0) {
      onset = probability >= VoiceActivityDetector.SPEECH ? onset + 1 : 0;
      lead = probability >= KEPT ? Math.min(lead + 1, LEAD + ONSET) : 0;
      if (onset == ONSET) {
        begin = frames + 1 - lead;
        speechEnd = frames + 1;
      }
    } else if (probability >= KEPT) {
      speechEnd = frames + 1;
    }
    frames++;
    if (begin >= 0 && frames - speechEnd >= pause) {
      end();
    } else if (begin >= 0 && frames - begin == longest) {
      sink.accept(begin, frames);
      begin = frames;
      speechEnd = frames;
    }
  }

  /** Ends the segment that is open, if one is. */
  void finish() {
    if (begin >= 0) {
      end();
    }
  }

  private void end() {
    if (speechEnd - begin >= SHORTEST) {
      sink.accept(begin, speechEnd);
    }
    begin = -1;
    onset = 0;
    lead = 0;
  }

  /** {@return the first frame that a segment to come may begin with} */
  long earliest() {
    return begin >= 0 ? begin : frames - lead;
  }
}
