package ser.features.audio;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.List;
import java.util.OptionalLong;

/** Decodes the samples of a WAV file. */
final class WavReader implements Decoder {
  private static final int PIECE_BYTES = 1 << 16;
  private static final VarHandle LEVEL =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private final ByteSource source;
  private final WavHeader header;
  private final ByteBuffer piece; // of whole frames
  private int pieceStart; // in frames, of which some may have been given away
  private int pieceEnd;
  private int chunk; // which of the data chunks is being read
  private long chunkRead; // frames read from it

  private WavReader(ByteSource source, WavHeader header) {
    this.source = source;
    this.header = header;
    int frameBytes = header.format().frameBytes();
    long frames = Math.min(header.frames(), Math.max(1, PIECE_BYTES / frameBytes));
    this.piece = ByteBuffer.allocate((int) frames * frameBytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads the header; {@code source} starts with RIFF, RF64 or BW64. */
  static WavReader open(ByteSource source, String name) throws IOException {
    return new WavReader(source, WavHeader.read(source, name));
  }

  @Override
  public int sampleRate() {
    return header.format().sampleRate();
  }

  @Override
  public int channels() {
    return header.format().channels();
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(header.frames());
  }

  @Override
  public List<String> notes() {
    return header.notes();
  }

  @Override
  public void close() {}

  @Override
  public int read(float[] mean, float[][] planes, int offset, int length) throws IOException {
    WavFormat format = header.format();
    int frameBytes = format.frameBytes();
    int done = 0;
    while (done < length && (pieceStart < pieceEnd || nextPiece())) {
      int count = Math.min(length - done, pieceEnd - pieceStart);
      ByteBuffer frames =
          piece.slice(pieceStart * frameBytes, count * frameBytes).order(ByteOrder.LITTLE_ENDIAN);
      if (mean.length > 0) {
        average(format, frames, mean, offset + done, count);
      }
      if (planes.length > 0) {
        separate(format, frames, planes, offset + done, count);
      }
      pieceStart += count;
      done += count;
    }
    return done;
  }

  /** Reads the next frames of the file; false at the end. */
  private boolean nextPiece() throws IOException {
    int frameBytes = header.format().frameBytes();
    while (chunk < header.data().size()) {
      WavHeader.Data data = header.data().get(chunk);
      int count =
          (int) Math.min(piece.capacity() / frameBytes, data.bytes() / frameBytes - chunkRead);
      if (count > 0) {
        long position = data.start() + chunkRead * frameBytes;
        source.readFully(position, piece.array(), 0, count * frameBytes);
        chunkRead += count;
        pieceStart = 0;
        pieceEnd = count;
        return true;
      }
      chunk++;
      chunkRead = 0;
    }
    return false;
  }

  private static void average(
      WavFormat format, ByteBuffer buffer, float[] mono, int offset, int frames) {
    int channels = format.channels();
    if (format.encoding() == WavFormat.Encoding.PCM16 && channels <= 2) {
      average16(channels, buffer, mono, offset, frames);
      return;
    }
    int step = format.frameBytes() / channels;
    int at = 0;
    for (int i = 0; i < frames; i++) {
      double sum = 0;
      for (int channel = 0; channel < channels; channel++) {
        sum += sample(format.encoding(), buffer, at);
        at += step;
      }
      mono[offset + i] = (float) (sum / channels);
    }
  }

  /**
   * The common case, without a choice for each sample; all numbers are exact, so the result is the
   * same.
   */
  private static void average16(
      int channels, ByteBuffer buffer, float[] mono, int offset, int frames) {
    byte[] bytes = buffer.array();
    int at = buffer.arrayOffset();
    if (channels == 1) {
      for (int i = 0; i < frames; i++) {
        mono[offset + i] = (short) LEVEL.get(bytes, at + 2 * i) * 0x1p-15f;
      }
    } else {
      for (int i = 0; i < frames; i++) {
        int sum = (short) LEVEL.get(bytes, at + 4 * i) + (short) LEVEL.get(bytes, at + 4 * i + 2);
        mono[offset + i] = sum * 0x1p-16f;
      }
    }
  }

  private static void separate(
      WavFormat format, ByteBuffer buffer, float[][] planes, int offset, int frames) {
    int channels = format.channels();
    if (format.encoding() == WavFormat.Encoding.PCM16) {
      ShortBuffer levels = buffer.asShortBuffer();
      for (int channel = 0; channel < channels; channel++) {
        float[] plane = planes[channel];
        for (int i = 0; i < frames; i++) {
          plane[offset + i] = levels.get(i * channels + channel) * 0x1p-15f;
        }
      }
      return;
    }
    int step = format.frameBytes() / channels;
    int at = 0;
    for (int i = 0; i < frames; i++) {
      for (int channel = 0; channel < channels; channel++) {
        planes[channel][offset + i] = (float) sample(format.encoding(), buffer, at);
        at += step;
      }
    }
  }

  private static double sample(WavFormat.Encoding encoding, ByteBuffer buffer, int at) {
    return switch (encoding) {
      case PCM8 -> ((buffer.get(at) & 0xff) - 0x80) * 0x1p-7;
      case PCM16 -> buffer.getShort(at) * 0x1p-15;
      case PCM24 -> ((buffer.getShort(at) & 0xffff) | (buffer.get(at + 2) << 16)) * 0x1p-23;
      case PCM32 -> buffer.getInt(at) * 0x1p-31;
      case FLOAT32 -> buffer.getFloat(at);
      case FLOAT64 -> buffer.getDouble(at);
      case A_LAW -> Companding.A_LAW[buffer.get(at) & 0xff];
      case MU_LAW -> Companding.MU_LAW[buffer.get(at) & 0xff];
    };
  }
}
