package ser.cli;

/**
 * Sound between the thread that records and the one that computes, at most so much of it. When it
 * is full, all that waits is dropped: what is heard next is then of now, not of a while ago.
 */
final class SoundBuffer {
  private final float[] waiting; // a ring
  private int first;
  private int count;
  private long dropped;
  private boolean ended;

  /**
   * Makes an empty buffer.
   *
   * @param samples that it holds at most
   */
  SoundBuffer(int samples) {
    this.waiting = new float[samples];
  }

  /** Takes in a piece, not longer than the buffer. */
  synchronized void put(float[] piece, int length) {
    if (count + length > waiting.length) {
      dropped += count;
      count = 0;
    }
    for (int i = 0; i < length; i++) {
      waiting[(first + count + i) % waiting.length] = piece[i];
    }
    count += length;
    notifyAll();
  }

  /** Nothing more will come. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Whether nothing more will come and nothing waits. */
  synchronized boolean exhausted() {
    return ended && count == 0;
  }

  /**
   * Gives out what waits.
   *
   * @param into where it goes, from the start
   * @param milliseconds how long to wait for some
   * @return how many samples; 0 when none came in that time, or none will
   */
  synchronized int take(float[] into, long milliseconds) throws InterruptedException {
    long begun = System.nanoTime();
    long left = milliseconds;
    while (count == 0 && !ended && left > 0) {
      wait(left);
      left = milliseconds - (System.nanoTime() - begun) / 1_000_000;
    }
    int taken = Math.min(count, into.length);
    for (int i = 0; i < taken; i++) {
      into[i] = waiting[(first + i) % waiting.length];
    }
    first = (first + taken) % waiting.length;
    count -= taken;
    return taken;
  }

  /** How many samples were dropped since this was asked last. */
  synchronized long dropped() {
    long since = dropped;
    dropped = 0;
    return since;
  }
}
