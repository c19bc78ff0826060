package ser.features.dsp;

import ser.api.AudioException;

/**
 * The part of a signal that its next frames see, continued at its ends, so that every window is a
 * piece of one array. Its size does not depend on how much has gone through it.
 */
final class FrameBuffer {
  /** Frames of a block: enough for long inner loops, few enough for the nearest caches. */
  private static final int BLOCK = 128;

  private static final int MAX_BLOCK_SAMPLES = 1 << 16;

  private final int window;
  private final int hop;
  private final int lead; // samples of the first window that lie before the signal
  private final boolean reflects;
  private final int block;
  private final float[] samples; // the first of the whole signal lies at lead, before dropping
  private int size; // how much of it is filled
  private long dropped; // samples that have been dropped at its start
  private long next; // where the next window begins, dropped ones included
  private boolean led; // whether the continuation before the signal is there
  private long frames = Long.MAX_VALUE; // that are still to come

  /**
   * An empty buffer.
   *
   * @param window samples under a frame's window
   * @param hop samples from one to the next
   * @param lead samples of the first window that lie before the signal, less than {@code window}
   * @param reflects whether the signal is continued by reflection about its first and last sample,
   *     or else by zeros
   * @param block the most frames that should be computed at once
   */
  FrameBuffer(int window, int hop, int lead, boolean reflects, int block) {
    this.window = window;
    this.hop = hop;
    this.lead = lead;
    this.reflects = reflects;
    this.block = block;
    // A block, what is kept for the reflection at the end, and that reflection.
    int blockSamples = (int) Math.min((long) block * hop, MAX_BLOCK_SAMPLES);
    this.samples = new float[blockSamples + 4 * window];
    this.size = lead;
  }

  /** Frames computed at once: a block's samples and rows fit into caches. */
  static int block(int hop, int fftSize) {
    return Math.max(1, Math.min(BLOCK, MAX_BLOCK_SAMPLES / Math.max(hop, fftSize)));
  }

  /** The most frames that should be computed at once. */
  int block() {
    return block;
  }

  /** Takes samples until it is full, and returns how many it took. */
  int append(float[] from, int offset, int length) {
    if (isFull()) {
      drop();
    }
    int count = Math.min(length, limit() - size);
    System.arraycopy(from, offset, samples, size, count);
    size += count;
    if (!led && size > 2 * lead) {
      lead(size - lead); // further samples would not change it
    }
    return count;
  }

  /** {@return whether frames have to be taken before more is appended} */
  boolean isFull() {
    return size == limit();
  }

  /** Room for the continuation is left behind. */
  private int limit() {
    return samples.length - window;
  }

  /** Frames whose windows are there. */
  int ready() {
    if (!led) {
      return 0;
    }
    long inside = Math.floorDiv(dropped + size - window - next, hop) + 1;
    return (int) Math.max(0, Math.min(frames, inside));
  }

  /** The array that the windows are in. */
  float[] samples() {
    return samples;
  }

  /** Where the next frame's window begins in it. */
  int next() {
    return (int) (next - dropped);
  }

  /** Goes on behind frames that are done. */
  void advance(int count) {
    next += (long) count * hop;
    frames -= count;
  }

  /**
   * Continues the signal at its end, so that all frames become ready.
   *
   * @throws AudioException when there is no signal
   */
  void finish() {
    long length = dropped + size - lead;
    if (length == 0) {
      throw new AudioException("audio: no samples; expected at least one");
    }
    if (!led) {
      lead(length);
    }
    long total = 1 + length / hop;
    frames = total - next / hop;
    long end = (total - 1) * hop + window; // of the last window
    while (dropped + size < end) {
      samples[size] = continuation(dropped + size - lead, length);
      size++;
    }
  }

  private void lead(long length) {
    for (int i = 0; i < lead; i++) {
      samples[i] = continuation(i - lead, length);
    }
    led = true;
  }

  /** The sample that stands at a place outside the signal. */
  private float continuation(long place, long length) {
    return reflects ? samples[(int) (reflect(place, length) + lead - dropped)] : 0;
  }

  private static long reflect(long place, long length) {
    if (length == 1) {
      return 0;
    }
    long period = 2 * (length - 1);
    long inside = Math.floorMod(place, period);
    return inside < length ? inside : period - inside;
  }

  /** Drops what neither the next frame nor the continuation at the end depends on. */
  private void drop() {
    int count = (int) Math.min(next - dropped, size - window - 1);
    size -= count;
    System.arraycopy(samples, count, samples, 0, size);
    dropped += count;
  }
}
