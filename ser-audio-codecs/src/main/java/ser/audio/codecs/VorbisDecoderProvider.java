package ser.audio.codecs;

import de.jarnbjo.vorbis.VorbisStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import ser.features.audio.spi.AudioDecoder;
import ser.features.audio.spi.AudioDecoderProvider;
import ser.features.audio.spi.RandomAccessBytes;

/** Vorbis in Ogg, decoded by j-ogg-vorbis. Source: the Vorbis I specification. */
public final class VorbisDecoderProvider implements AudioDecoderProvider {
  private static final int HEADERS = 3;

  /** No comments: the library would believe the lengths that those of the file announce. */
  private static final byte[] NO_COMMENTS =
      "\u0003vorbis\0\0\0\0\0\0\0\0\u0001".getBytes(StandardCharsets.ISO_8859_1);

  private static final int FIRST_PACKET = 28; // behind the first page's header

  /** Makes the provider, for ServiceLoader. */
  public VorbisDecoderProvider() {}

  @Override
  public String format() {
    return "Ogg Vorbis";
  }

  @Override
  public Set<String> extensions() {
    return Set.of("ogg", "oga");
  }

  @Override
  public boolean accepts(byte[] head) {
    String start = new String(head, StandardCharsets.ISO_8859_1);
    return start.startsWith("OggS") && start.startsWith("\u0001vorbis", FIRST_PACKET);
  }

  @Override
  public AudioDecoder open(RandomAccessBytes bytes) throws IOException {
    OggPackets packets = new OggPackets(bytes);
    VorbisStream stream = new VorbisStream();
    for (int i = 0; i < HEADERS; i++) {
      byte[] header = packets.next().orElseThrow(EOFException::new);
      stream.processPacket(i == 1 ? NO_COMMENTS : header);
    }
    return new Decoder(packets, stream);
  }

  private static final class Decoder extends OggAudio {
    private final VorbisStream stream;

    Decoder(OggPackets packets, VorbisStream stream) throws IOException {
      super(
          packets,
          stream.getIdentificationHeader().getSampleRate(),
          stream.getIdentificationHeader().getChannels(),
          0,
          packets.lastGranule());
      this.stream = stream;
    }

    @Override
    void decode(byte[] packet) throws IOException {
      byte[] pcm = stream.processPacket(packet);
      if (pcm == null) {
        return; // the first one only prepares the overlap
      }
      int count = pcm.length / 2 / channels();
      float[][] into = samples(count);
      for (int i = 0, at = 0; i < count; i++) {
        for (int channel = 0; channel < channels(); channel++, at += 2) {
          // 16 bits, big-endian
          into[channel][i] = (short) ((pcm[at] << 8) | (pcm[at + 1] & 0xff)) * 0x1p-15f;
        }
      }
    }
  }
}
