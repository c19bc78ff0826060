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
    long limit =
        Math.min(Integer.MAX_VALUE - 8L, Runtime.getRuntime().maxMemory() / (4 * Float.BYTES));
    long capacity = Math.min(limit, Math.max(4096L, samples.length + (samples.length >> 1)));
    if (capacity <= size) {
      throw new AudioException(
          "%s: more than %d samples, too many for the %d MB of memory that Java may use; cut the file into parts or raise -Xmx"
              .formatted(name, size, Runtime.getRuntime().maxMemory() >> 20));
    }
    samples = Arrays.copyOf(samples, (int) capacity);
  }
}
