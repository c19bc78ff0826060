package ser.audio.codecs;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import net.sourceforge.jaad.mp4.MP4Container;
import net.sourceforge.jaad.mp4.MP4InputStream;
import net.sourceforge.jaad.mp4.api.AudioTrack;
import net.sourceforge.jaad.mp4.api.Frame;
import net.sourceforge.jaad.mp4.api.Track;
import net.sourceforge.jaad.mp4.api.Type;
import ser.features.audio.spi.AudioDecoder;
import ser.features.audio.spi.AudioDecoderProvider;
import ser.features.audio.spi.RandomAccessBytes;

/** AAC in MP4 (.m4a), demultiplexed and decoded by JAAD. */
public final class Mp4DecoderProvider implements AudioDecoderProvider {
  /** Makes the provider, for ServiceLoader. */
  public Mp4DecoderProvider() {}

  @Override
  public String format() {
    return "M4A";
  }

  @Override
  public Set<String> extensions() {
    return Set.of("m4a", "mp4");
  }

  @Override
  public boolean accepts(byte[] head) {
    return new String(head, StandardCharsets.ISO_8859_1).startsWith("ftyp", 4);
  }

  @Override
  public AudioDecoder open(RandomAccessBytes bytes) throws IOException {
    Mp4Layout layout = Mp4Layout.check(bytes);
    MP4Container container = new MP4Container(new Input(layout.reduced()));
    List<Track> tracks = container.getMovie().getTracks(Type.AUDIO);
    if (tracks.isEmpty()) {
      throw new IOException("it has no audio track");
    }
    AudioTrack track = (AudioTrack) tracks.get(0);
    if (track.getCodec() != AudioTrack.AudioCodec.AAC) {
      throw new IOException("its audio is not AAC");
    }
    return AacAudio.open(
        track.getDecoderSpecificInfo().getData(),
        () -> {
          Frame frame = track.hasMoreFrames() ? track.readNextFrame() : null;
          return Optional.ofNullable(frame).map(Frame::getData);
        },
        new AacAudio.Edit() {
          @Override
          public long skip(int sampleRate) {
            return layout.delay(sampleRate);
          }

          @Override
          public OptionalLong total(int sampleRate) {
            return layout.length(sampleRate);
          }
        });
  }

  /** The bytes as the library reads them. */
  private static final class Input extends MP4InputStream {
    private static final int PIECE = 1 << 14;

    private final RandomAccessBytes bytes;
    private final byte[] piece = new byte[PIECE];
    private long pieceStart;
    private int pieceLength;
    private long position;

    Input(RandomAccessBytes bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
      long at = position - pieceStart;
      if (at < 0 || at >= pieceLength) {
        pieceStart = position;
        pieceLength = bytes.read(position, piece, 0, PIECE);
        at = 0;
        if (pieceLength == 0) {
          throw new EOFException();
        }
      }
      position++;
      return piece[(int) at] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = bytes.read(position, into, offset, length);
      if (count < length) {
        throw new EOFException();
      }
      position += count;
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      // The library repeats a skip that falls short, for ever.
      if (count > bytes.size() - position) {
        throw new EOFException();
      }
      position += Math.max(0, count);
      return count;
    }

    @Override
    public long getOffset() {
      return position;
    }

    @Override
    public void seek(long to) throws IOException {
      if (to < 0 || to > bytes.size()) {
        throw new EOFException();
      }
      position = to;
    }

    @Override
    public boolean seekSupported() {
      return true;
    }

    @Override
    public boolean hasLeft() {
      return position < bytes.size();
    }

    @Override
    public int available() {
      return (int) Math.min(Integer.MAX_VALUE, bytes.size() - position);
    }

    @Override
    public void close() {}
  }
}
