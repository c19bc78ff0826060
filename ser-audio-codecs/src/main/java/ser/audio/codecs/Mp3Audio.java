package ser.audio.codecs;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import javazoom.jl.decoder.Bitstream;
import javazoom.jl.decoder.BitstreamException;
import javazoom.jl.decoder.Decoder;
import javazoom.jl.decoder.DecoderException;
import javazoom.jl.decoder.Header;
import javazoom.jl.decoder.SampleBuffer;
import org.jspecify.annotations.Nullable;
import ser.features.audio.spi.RandomAccessBytes;

/** Decodes MP3 frames with JLayer. */
final class Mp3Audio extends PacketDecoder {
  private final Bitstream stream;
  private final Decoder decoder = new Decoder();
  private @Nullable Header header; // of the next frame

  private Mp3Audio(Bitstream stream, Header first, Mp3Tag tag) {
    super(first.frequency(), channels(first), tag.skip(), tag.total(frameSamples(first)));
    this.stream = stream;
    this.header = first;
  }

  static Mp3Audio open(RandomAccessBytes bytes) throws IOException {
    Mp3Tag tag = Mp3Tag.read(bytes);
    Bitstream stream = new Bitstream(new BufferedInputStream(new Bytes(bytes)));
    Header first = next(stream);
    if (tag.present()) {
      stream.closeFrame();
      first = next(stream);
    }
    if (first == null) {
      throw new EOFException();
    }
    return new Mp3Audio(stream, first, tag);
  }

  private static int channels(Header header) {
    return header.mode() == Header.SINGLE_CHANNEL ? 1 : 2;
  }

  private static int frameSamples(Header header) {
    return switch (header.layer()) {
      case 1 -> 384;
      case 2 -> 1152;
      default -> header.version() == Header.MPEG1 ? 1152 : 576;
    };
  }

  private static @Nullable Header next(Bitstream stream) throws IOException {
    try {
      return stream.readFrame();
    } catch (BitstreamException e) {
      throw new IOException("a frame cannot be read", e);
    }
  }

  @Override
  boolean nextPacket() throws IOException {
    Header frame = header == null ? next(stream) : header;
    header = null;
    if (frame == null) {
      return false;
    }
    if (frame.frequency() != sampleRate() || channels(frame) != channels()) {
      throw new IOException(
          "a frame of %d Hz and %d channel(s) in a file of %d Hz and %d"
              .formatted(frame.frequency(), channels(frame), sampleRate(), channels()));
    }
    try {
      SampleBuffer samples = (SampleBuffer) decoder.decodeFrame(frame, stream);
      take(samples.getBuffer(), samples.getBufferLength() / channels());
    } catch (DecoderException e) {
      throw new IOException("a frame cannot be decoded", e);
    }
    stream.closeFrame();
    return true;
  }

  /** The bytes as the library reads them. */
  private static final class Bytes extends InputStream {
    private final RandomAccessBytes bytes;
    private long position;

    Bytes(RandomAccessBytes bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 1 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = bytes.read(position, into, offset, length);
      position += count;
      return count == 0 && length > 0 ? -1 : count;
    }
  }
}
