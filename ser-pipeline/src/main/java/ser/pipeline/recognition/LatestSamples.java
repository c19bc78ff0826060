package ser.pipeline.recognition;

/** The latest samples of a signal. */
final class LatestSamples {
  private final float[] samples; // a sample's place repeats
  private long end;

  LatestSamples(int capacity) {
    this.samples = new float[capacity];
  }

  void add(float[] piece, int offset, int length) {
    for (int i = 0; i < length; i++) {
      samples[(int) (end++ % samples.length)] = piece[offset + i];
    }
  }

  /** Copies samples, one or more, by their places in the signal. */
  float[] copy(long from, long to) {
    long first = Math.max(Math.max(0, end - samples.length), Math.min(from, end - 1));
    float[] copy = new float[(int) Math.max(1, Math.min(to, end) - first)];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = samples[(int) ((first + i) % samples.length)];
    }
    return copy;
  }
}
