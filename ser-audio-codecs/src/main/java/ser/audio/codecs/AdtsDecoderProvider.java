package ser.audio.codecs;

import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import ser.features.audio.spi.AudioDecoder;
import ser.features.audio.spi.AudioDecoderProvider;
import ser.features.audio.spi.RandomAccessBytes;

/** AAC in ADTS frames, decoded by JAAD. Source: ISO/IEC 13818-7, 6.2. */
public final class AdtsDecoderProvider implements AudioDecoderProvider {
  private static final int HEADER = 7;

  /** Makes the provider, for ServiceLoader. */
  public AdtsDecoderProvider() {}

  @Override
  public String format() {
    return "AAC";
  }

  @Override
  public Set<String> extensions() {
    return Set.of("aac");
  }

  @Override
  public boolean accepts(byte[] head) {
    return head.length >= HEADER && isHeader(head);
  }

  private static boolean isHeader(byte[] bytes) {
    return bytes[0] == (byte) 0xff && (bytes[1] & 0xf6) == 0xf0;
  }

  @Override
  public AudioDecoder open(RandomAccessBytes bytes) throws IOException {
    byte[] header = new byte[HEADER];
    if (bytes.read(0, header, 0, HEADER) < HEADER) {
      throw new EOFException();
    }
    int objectType = ((header[2] >> 6) & 3) + 1;
    int rate = (header[2] >> 2) & 15;
    int channels = ((header[2] & 1) << 2) | ((header[3] >> 6) & 3);
    int configuration = (objectType << 11) | (rate << 7) | (channels << 3);
    return AacAudio.open(
        new byte[] {(byte) (configuration >> 8), (byte) configuration},
        new Frames(bytes),
        new AacAudio.Edit() {
          @Override
          public long skip(int sampleRate) {
            return 0; // the format has no place for it
          }

          @Override
          public OptionalLong total(int sampleRate) {
            return OptionalLong.empty();
          }
        });
  }

  private static final class Frames implements AacAudio.Frames {
    private final RandomAccessBytes bytes;
    private final byte[] header = new byte[HEADER];
    private long position;

    Frames(RandomAccessBytes bytes) {
      this.bytes = bytes;
    }

    @Override
    public Optional<byte[]> next() throws IOException {
      int present = bytes.read(position, header, 0, HEADER);
      boolean isTag = present >= 3 && header[0] == 'T' && header[1] == 'A' && header[2] == 'G';
      if (present == 0 || (isTag && bytes.size() - position == 128)) {
        return Optional.empty(); // the end, or an ID3v1 tag
      }
      if (present < HEADER) {
        throw new EOFException();
      }
      int length = ((header[3] & 3) << 11) | ((header[4] & 0xff) << 3) | ((header[5] & 0xff) >> 5);
      int skipped = (header[1] & 1) == 0 ? HEADER + 2 : HEADER; // a checksum follows the header
      if (!isHeader(header) || length <= skipped) {
        throw new IOException("no frame at byte " + position);
      }
      byte[] frame = new byte[length - skipped];
      if (bytes.read(position + skipped, frame, 0, frame.length) < frame.length) {
        throw new EOFException();
      }
      position += length;
      return Optional.of(frame);
    }
  }
}
