package ser.audio.codecs;

import io.github.jaredmdobson.concentus.OpusDecoder;
import io.github.jaredmdobson.concentus.OpusException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import ser.features.audio.spi.AudioDecoder;
import ser.features.audio.spi.AudioDecoderProvider;
import ser.features.audio.spi.RandomAccessBytes;

/** Opus in Ogg, mono or stereo, decoded by Concentus at 48 kHz. Source: RFC 6716 and RFC 7845. */
public final class OpusDecoderProvider implements AudioDecoderProvider {
  private static final int RATE = 48_000;
  private static final int MAX_SAMPLES = 5760; // of a packet: 120 ms
  private static final int FIRST_PACKET = 28; // behind the first page's header

  /** Makes the provider, for ServiceLoader. */
  public OpusDecoderProvider() {}

  @Override
  public String format() {
    return "Ogg Opus";
  }

  @Override
  public Set<String> extensions() {
    return Set.of("opus", "ogg", "oga");
  }

  @Override
  public boolean accepts(byte[] head) {
    String start = new String(head, StandardCharsets.ISO_8859_1);
    return start.startsWith("OggS") && start.startsWith("OpusHead", FIRST_PACKET);
  }

  @Override
  public AudioDecoder open(RandomAccessBytes bytes) throws IOException {
    OggPackets packets = new OggPackets(bytes);
    byte[] first = packets.next().orElseThrow(EOFException::new);
    if (packets.next().isEmpty()) { // the tags
      throw new EOFException();
    }
    if (first.length < 19) {
      throw new IOException("its first packet has %d bytes; expected 19".formatted(first.length));
    }
    ByteBuffer head = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN);
    int channels = head.get(9) & 0xff;
    if (channels < 1 || channels > 2) {
      throw new IOException("it has %d channels; expected 1 or 2".formatted(channels));
    }
    int preSkip = head.getShort(10) & 0xffff;
    long total = packets.lastGranule() - preSkip;
    if (total < 0) {
      throw new IOException("it ends %d samples before its start".formatted(-total));
    }
    try {
      OpusDecoder decoder = new OpusDecoder(RATE, channels);
      decoder.setGain(head.getShort(16));
      return new Decoder(packets, decoder, channels, preSkip, total);
    } catch (OpusException e) {
      throw new IOException("it cannot be decoded: " + e.getMessage(), e);
    }
  }

  private static final class Decoder extends OggAudio {
    private final OpusDecoder decoder;
    private final short[] pcm;

    Decoder(OggPackets packets, OpusDecoder decoder, int channels, int preSkip, long total) {
      super(packets, RATE, channels, preSkip, total);
      this.decoder = decoder;
      this.pcm = new short[MAX_SAMPLES * channels];
    }

    @Override
    void decode(byte[] packet) throws IOException {
      try {
        take(pcm, decoder.decode(packet, 0, packet.length, pcm, 0, MAX_SAMPLES, false));
      } catch (OpusException e) {
        throw new IOException("a packet cannot be decoded: " + e.getMessage(), e);
      }
    }
  }
}
