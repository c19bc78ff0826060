package ser.audio.codecs;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Audio in the packets of an Ogg file, whose last granule position says how much there is. */
abstract class OggAudio extends PacketDecoder {
  private final OggPackets packets;
  private List<String> notes = List.of();

  OggAudio(OggPackets packets, int sampleRate, int channels, int skip, long total) {
    super(sampleRate, channels, skip, OptionalLong.of(total));
    this.packets = packets;
  }

  /** Decodes a packet by calls of {@link #samples}. */
  abstract void decode(byte[] packet) throws IOException;

  @Override
  final boolean nextPacket() throws IOException {
    Optional<byte[]> packet = packets.next();
    if (packet.isEmpty()) {
      return false;
    }
    if (packets.atEnd() && !packets.ended()) {
      notes = List.of("its last page is not marked as the end, the recording may be incomplete");
    }
    decode(packet.get());
    return true;
  }

  @Override
  public List<String> notes() {
    return notes;
  }
}
