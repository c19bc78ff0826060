package ser.features.dsp;

/**
 * The mean of a signal, and its peak about that mean, so that a constant offset does not count.
 * Signals are added piece by piece. For one thread at a time.
 */
public final class Level {
  private float lowest = Float.POSITIVE_INFINITY;
  private float highest = Float.NEGATIVE_INFINITY;
  private double sum;
  private long samples;

  /** Creates the level of no signal. */
  public Level() {}

  /**
   * Measures a whole signal.
   *
   * @param signal full scale at ±1, all finite
   * @return its level
   */
  public static Level of(float[] signal) {
    Level level = new Level();
    level.add(signal, 0, signal.length);
    return level;
  }

  /**
   * Adds the next piece of the signal.
   *
   * @param signal an array that holds it, all finite; not kept
   * @param offset the index of its first sample
   * @param length the number of its samples
   */
  public void add(float[] signal, int offset, int length) {
    float least = lowest;
    float most = highest;
    double total = 0;
    for (int i = offset; i < offset + length; i++) {
      float sample = signal[i];
      least = Math.min(least, sample);
      most = Math.max(most, sample);
      total += sample;
    }
    lowest = least;
    highest = most;
    sum += total;
    samples += length;
  }

  /**
   * Adds another signal.
   *
   * @param other its level
   */
  public void add(Level other) {
    lowest = Math.min(lowest, other.lowest);
    highest = Math.max(highest, other.highest);
    sum += other.sum;
    samples += other.samples;
  }

  /** {@return the mean of the signal, full scale at ±1; 0 for no signal} */
  public double mean() {
    return samples == 0 ? 0 : sum / samples;
  }

  /** {@return the largest distance of a sample from the mean; 0 for no signal} */
  public double peak() {
    return samples == 0 ? 0 : Math.max(highest - mean(), mean() - lowest);
  }
}
