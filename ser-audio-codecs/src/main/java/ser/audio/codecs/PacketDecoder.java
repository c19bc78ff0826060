package ser.audio.codecs;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import ser.features.audio.spi.AudioDecoder;

/**
 * Decodes packet by packet and gives the samples away in the pieces that are asked for, without the
 * encoder's delay at the start and its padding at the end.
 */
abstract class PacketDecoder implements AudioDecoder {
  private static final long UNKNOWN = -1;

  private final int sampleRate;
  private final int channels;
  private final long total;
  private long skip;
  private long given;
  private float[][] packet = {};
  private int start;
  private int end;
  private boolean ended;

  /**
   * Starts before the first packet.
   *
   * @param skip samples per channel that the encoder's delay takes at the start
   * @param total samples per channel behind the delay; empty when the file leaves it open
   */
  PacketDecoder(int sampleRate, int channels, long skip, OptionalLong total) {
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.skip = skip;
    this.total = total.orElse(UNKNOWN);
  }

  /**
   * Decodes the next packet by calls of {@link #samples}; returns false when there is none.
   *
   * @throws IOException when it is damaged
   */
  abstract boolean nextPacket() throws IOException;

  /** Returns room for a packet's samples, [channel, sample], of which {@code count} are used. */
  final float[][] samples(int count) {
    if (packet.length == 0 || packet[0].length < count) {
      packet = new float[channels][count];
    }
    start = 0;
    end = count;
    return packet;
  }

  /** Takes interleaved samples of 16 bits. */
  final void take(short[] interleaved, int count) {
    float[][] into = samples(count);
    for (int channel = 0; channel < channels; channel++) {
      for (int i = 0; i < count; i++) {
        into[channel][i] = interleaved[i * channels + channel] * 0x1p-15f;
      }
    }
  }

  @Override
  public final int sampleRate() {
    return sampleRate;
  }

  @Override
  public final int channels() {
    return channels;
  }

  @Override
  public final OptionalLong length() {
    return total == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(total);
  }

  @Override
  public List<String> notes() {
    return List.of();
  }

  @Override
  public final int read(float[][] into, int offset, int length) throws IOException {
    int done = 0;
    while (done < length && given != total && (start < end || advance(done))) {
      int skipped = (int) Math.min(skip, end - start);
      start += skipped;
      skip -= skipped;
      int count = Math.min(length - done, end - start);
      if (total != UNKNOWN) {
        count = (int) Math.min(count, total - given);
      }
      for (int channel = 0; channel < channels; channel++) {
        System.arraycopy(packet[channel], start, into[channel], offset + done, count);
      }
      start += count;
      given += count;
      done += count;
    }
    return done;
  }

  /** Goes to the next packet; false at the end, and before one when there are samples already. */
  private boolean advance(int done) throws IOException {
    if (ended || done > 0) {
      return false;
    }
    start = 0;
    end = 0;
    while (start == end) {
      if (!nextPacket()) {
        ended = true;
        if (total != UNKNOWN) {
          throw new IOException(
              "it announces %d samples and %d can be read: truncated".formatted(total, given));
        }
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {}
}
