package ser.features.dsp;

import java.util.Arrays;
import ser.features.audio.AudioClip;

/**
 * Removal of a constant offset, as cheap sound cards add one. It leaks through the analysis window
 * into the lowest mel bands and hides silence.
 *
 * <p>A clip loses its {@linkplain #estimate offset}. A signal that arrives in pieces loses a
 * running one: its first samples are held back until there are enough of them, and lose their
 * offset; from then on the mean of all samples is tracked, after {@value #HORIZON_SECONDS} s an
 * exponential mean of that time constant, and the offset follows where the mean departs from it by
 * more than {@value #TOLERANCE} of full scale (−80 dB). A signal and that signal with a constant
 * added give the same, but for rounding. For one thread at a time.
 */
public final class OffsetRemoval {
  /** The time constant of the running mean, in seconds. */
  public static final double HORIZON_SECONDS = 10;

  /** The largest distance from an estimate to the mean, of full scale: that of silence. */
  static final double TOLERANCE = 1e-4;

  private static final int PIECE = 1 << 12;

  private final Sink sink;
  private final long horizon; // in samples
  private final int held;
  private final float[] piece = new float[PIECE];
  private float[] first = {};
  private int size; // of the samples held back
  private boolean tracking; // whether they have been given on
  private double removed; // the offset
  private double mean;
  private long count; // of the samples in the mean, at most the horizon

  /** Receives the signal without its offset. */
  public interface Sink {
    /**
     * Takes the next samples.
     *
     * @param samples an array that holds them, valid during the call only
     * @param offset the index of the first
     * @param length the number of samples, at least 1
     */
    void accept(float[] samples, int offset, int length);
  }

  /**
   * Begins a signal.
   *
   * @param sampleRate in hertz
   * @param held the samples that are held back for the first mean, 1 or more; memory grows up to
   *     this number
   * @param sink receives the signal without its offset
   */
  public OffsetRemoval(int sampleRate, int held, Sink sink) {
    this.sink = sink;
    this.horizon = Math.round(HORIZON_SECONDS * sampleRate);
    this.held = Math.max(1, held);
  }

  /**
   * Removes the offset of a clip.
   *
   * @param clip any rate
   * @return the clip without its offset
   */
  public static AudioClip from(AudioClip clip) {
    float[] samples = clip.samples();
    double offset = estimate(samples, samples.length, Level.of(samples).mean());
    if (offset == 0) {
      return clip;
    }
    float[] removed = new float[samples.length];
    for (int i = 0; i < removed.length; i++) {
      removed[i] = (float) (samples[i] - offset);
    }
    return AudioClip.of(removed, clip.sampleRate());
  }

  /**
   * Estimates an offset: the median, the level at rest of speech with pauses, or the mean where the
   * median is further than {@value #TOLERANCE} from it. The median keeps digital silence exactly
   * silent; the mean alone, of a millionth of full scale, would fill it.
   */
  private static double estimate(float[] samples, int length, double mean) {
    float[] near = new float[length];
    int found = 0;
    int below = 0;
    for (int i = 0; i < length; i++) {
      double distance = samples[i] - mean;
      if (distance < -TOLERANCE) {
        below++;
      } else if (distance <= TOLERANCE) {
        near[found++] = samples[i];
      }
    }
    int middle = length / 2 - below;
    if (middle < 0 || middle >= found) {
      return mean;
    }
    Arrays.sort(near, 0, found);
    return near[middle];
  }

  /**
   * Takes the next piece of the signal.
   *
   * @param samples an array that holds it, all finite; not kept
   * @param offset the index of its first sample
   * @param length the number of its samples, 0 or more
   */
  public void push(float[] samples, int offset, int length) {
    int done = tracking ? 0 : hold(samples, offset, length);
    while (done < length) {
      int next = Math.min(PIECE, length - done);
      track(samples, offset + done, next);
      sink.accept(piece, 0, next);
      done += next;
    }
  }

  /** Ends the signal: gives on the samples held back. */
  public void finish() {
    if (!tracking) {
      release();
    }
  }

  /** {@return the number of samples taken} */
  private int hold(float[] samples, int offset, int length) {
    int taken = Math.min(length, held - size);
    if (size + taken > first.length) {
      long grown = Math.max(size + taken, 2L * first.length);
      first = Arrays.copyOf(first, (int) Math.min(held, grown));
    }
    System.arraycopy(samples, offset, first, size, taken);
    size += taken;
    if (size == held) {
      release();
    }
    return taken;
  }

  private void release() {
    tracking = true;
    Level level = new Level();
    level.add(first, 0, size);
    mean = level.mean();
    removed = estimate(first, size, mean);
    count = Math.min(size, horizon);
    for (int i = 0; i < size; i++) {
      first[i] = (float) (first[i] - removed);
    }
    for (int done = 0; done < size; done += PIECE) {
      sink.accept(first, done, Math.min(PIECE, size - done));
    }
    first = new float[0];
  }

  private void track(float[] samples, int from, int length) {
    double tracked = mean;
    double offset = removed;
    int growing = (int) Math.min(length, horizon - count);
    for (int i = 0; i < growing; i++) {
      double sample = samples[from + i];
      tracked += (sample - tracked) / (count + i + 1);
      offset = Math.max(tracked - TOLERANCE, Math.min(tracked + TOLERANCE, offset));
      piece[i] = (float) (sample - offset);
    }
    count += growing;
    double share = 1.0 / horizon;
    double rest = 1 - share;
    for (int i = growing; i < length; i++) {
      double sample = samples[from + i];
      tracked = rest * tracked + share * sample; // two operations deep, for speed
      offset = Math.max(tracked - TOLERANCE, Math.min(tracked + TOLERANCE, offset));
      piece[i] = (float) (sample - offset);
    }
    mean = tracked;
    removed = offset;
  }
}
