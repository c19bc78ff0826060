package ser.features.audio;

import java.util.Arrays;
import ser.api.AudioException;

/** A growing array of mono samples: it grows with what was decoded, never with what was claimed. */
final class SampleBuffer {
  private final String name;
  private float[] samples;
  private int size;

  /**
   * An empty buffer.
   *
   * @param name the file, for messages
   * @param capacity how many samples to make room for at first; backed by bytes that are there
   */
  SampleBuffer(String name, int capacity) {
    this.name = name;
    this.samples = new float[capacity];
  }

  void add(float sample) {
    if (size == samples.length) {
      grow();
    }
    samples[size++] = sample;
  }

  int size() {
    return size;
  }

  float[] toArray() {
    return size == samples.length ? samples : Arrays.copyOf(samples, size);
  }

  private void grow() {
    // While growing, the old and the new array are both alive; leave room for what follows too.
    long limit = maxSamples() / 2;
    long capacity = Math.min(limit, Math.max(4096L, samples.length + (samples.length >> 1)));
    if (capacity <= size) {
      throw tooMany(name, size);
    }
    samples = Arrays.copyOf(samples, (int) capacity);
  }

  /** How many samples an array may have that half of Java's memory holds. */
  static long maxSamples() {
    return Math.min(Integer.MAX_VALUE - 8L, Runtime.getRuntime().maxMemory() / (2 * Float.BYTES));
  }

  static AudioException tooMany(String name, long samples) {
    return new AudioException(
        "%s: %d samples or more per channel, too many for the %d MB of memory that Java may use; cut the file into parts or raise -Xmx"
            .formatted(name, samples, Runtime.getRuntime().maxMemory() >> 20));
  }
}
