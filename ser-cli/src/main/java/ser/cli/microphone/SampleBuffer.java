package ser.cli.microphone;

/**
 * A bounded ring buffer between the thread that records and the one that computes. A piece that
 * does not fit replaces everything in it, so that results do not lag behind the sound. Thread-safe.
 */
public final class SampleBuffer {
  private final float[] ring;
  private int first;
  private int count;
  private long dropped;
  private boolean ended;

  /**
   * Makes an empty buffer.
   *
   * @param samples the number it holds at most
   */
  SampleBuffer(int samples) {
    this.ring = new float[samples];
  }

  /**
   * Adds a piece.
   *
   * @param piece one channel, full scale ±1; not kept
   * @param length the number of its samples, at most the size of the buffer
   */
  synchronized void put(float[] piece, int length) {
    if (count + length > ring.length) {
      dropped += count;
      count = 0;
    }
    for (int i = 0; i < length; i++) {
      ring[(first + count + i) % ring.length] = piece[i];
    }
    count += length;
    notifyAll();
  }

  /** Ends the input: nothing is put any more. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** {@return whether the input has ended and all of it was taken} */
  public synchronized boolean exhausted() {
    return ended && count == 0;
  }

  /**
   * Takes samples, in order.
   *
   * @param into the destination, filled from its start
   * @param milliseconds the longest wait for the first sample
   * @return the number of samples taken; 0 after the wait or the end
   * @throws InterruptedException when the thread is interrupted while it waits
   */
  public synchronized int take(float[] into, long milliseconds) throws InterruptedException {
    long begun = System.nanoTime();
    long left = milliseconds;
    while (count == 0 && !ended && left > 0) {
      wait(left);
      left = milliseconds - (System.nanoTime() - begun) / 1_000_000;
    }
    int taken = Math.min(count, into.length);
    for (int i = 0; i < taken; i++) {
      into[i] = ring[(first + i) % ring.length];
    }
    first = (first + taken) % ring.length;
    count -= taken;
    return taken;
  }

  /** {@return the number of samples dropped since the last call} */
  public synchronized long dropped() {
    long since = dropped;
    dropped = 0;
    return since;
  }
}
