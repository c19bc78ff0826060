package ser.features.audio;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import ser.api.AudioException;
import ser.api.ChannelSelection;

/** A file and its decoder: checks what comes out, and names the file in what goes wrong. */
final class DecodedFile implements AudioSource {
  private final ByteSource bytes;
  private final ChannelMixer mixer;
  private final String name;
  private long decoded;

  /** Reads {@code selection} from what {@code opening} gives; closes {@code bytes}. */
  DecodedFile(ByteSource bytes, Decoder.Opening opening, ChannelSelection selection, String name)
      throws IOException {
    Decoder decoder = opening.open();
    int number = selection.number().orElse(1);
    if (number > decoder.channels()) {
      throw new AudioException(
          "%s: has %d channel%s; there is no channel %d"
              .formatted(name, decoder.channels(), decoder.channels() == 1 ? "" : "s", number));
    }
    this.bytes = bytes;
    this.mixer = new ChannelMixer(decoder, opening, selection);
    this.name = name;
  }

  @Override
  public int sampleRate() {
    return mixer.decoder().sampleRate();
  }

  @Override
  public OptionalLong length() {
    return mixer.decoder().length();
  }

  @Override
  public int channels() {
    return mixer.decoder().channels();
  }

  @Override
  public List<String> notes() {
    List<String> notes = new ArrayList<>(mixer.decoder().notes());
    notes.addAll(mixer.notes());
    return List.copyOf(notes);
  }

  @Override
  public int read(float[] into, int offset, int length) {
    if (Thread.currentThread().isInterrupted()) {
      throw AudioFiles.interrupted(name, new InterruptedException()); // a file would be closed
    }
    int count;
    try {
      count = mixer.read(into, offset, length);
    } catch (IOException e) {
      throw bytes.isInterrupted()
          ? AudioFiles.interrupted(name, e)
          : AudioFiles.unreadable(name, e);
    } catch (RuntimeException e) {
      throw bytes.isInterrupted() ? AudioFiles.interrupted(name, e) : e;
    }
    if (count == 0 && length > 0 && decoded == 0) {
      throw new AudioException(name + ": " + AudioClip.NO_SAMPLES);
    }
    String fault = AudioClip.sampleFault(into, offset, count, decoded);
    if (fault != null) {
      throw new AudioException(name + ": " + fault);
    }
    decoded += count;
    return count;
  }

  /** Into an array that grows with what was decoded, never with claims. */
  @Override
  public AudioClip readAll() {
    long limit = maxSamples();
    // No byte holds two samples of a WAV file, and few of a FLAC file do.
    long capacity = Math.min(length().orElse(0), bytes.size());
    if (capacity > limit) {
      throw tooMany(capacity);
    }
    float[] samples = new float[(int) capacity];
    float[] next = new float[1];
    int size = 0;
    while (true) {
      if (size < samples.length) {
        int count = read(samples, size, samples.length - size);
        if (count == 0) {
          break;
        }
        size += count;
      } else {
        if (read(next, 0, 1) == 0) {
          break;
        }
        samples = Arrays.copyOf(samples, grown(size));
        samples[size++] = next[0];
      }
    }
    return AudioClip.of(
        size == samples.length ? samples : Arrays.copyOf(samples, size), sampleRate());
  }

  private int grown(int size) {
    // While growing, the old and the new array are both alive; leave room for what follows too.
    long capacity = Math.min(maxSamples() / 2, Math.max(4096L, size + (size >> 1)));
    if (capacity <= size) {
      throw tooMany(size);
    }
    return (int) capacity;
  }

  /** How many samples an array may have that half of Java's memory holds. */
  private static long maxSamples() {
    return Math.min(Integer.MAX_VALUE - 8L, Runtime.getRuntime().maxMemory() / (2 * Float.BYTES));
  }

  private AudioException tooMany(long samples) {
    return new AudioException(
        "%s: %d samples or more per channel, too many for the %d MB of memory that Java may use; cut the file into parts or raise -Xmx"
            .formatted(name, samples, Runtime.getRuntime().maxMemory() >> 20));
  }

  @Override
  public void close() {
    try (bytes) {
      mixer.decoder().close();
    } catch (IOException e) {
      throw AudioFiles.unreadable(name, e);
    }
  }
}
