package ser.features.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import ser.api.AudioException;

/**
 * Reads WAV (RIFF, RF64, BW64): finds the {@code fmt } and the first {@code data} chunk wherever
 * they are, and decodes the data in pieces. Sizes in the file are believed only as far as the file
 * goes.
 */
final class WavReader {
  private static final int CHUNK_HEADER = 8;
  private static final int FORMAT_BYTES = 16;
  private static final int PIECE_BYTES = 1 << 16;

  /** A size that means "written to a pipe, read to the end" (RF64 uses it too). */
  private static final long UNKNOWN_SIZE = 0xffff_ffffL;

  /** What SoX writes for the same reason. */
  private static final long SOX_UNKNOWN_SIZE = 0x7fff_f000L;

  private final ByteSource source;
  private final String name;

  private WavReader(ByteSource source, String name) {
    this.source = source;
    this.name = name;
  }

  /** Decodes a whole file; {@code source} starts with RIFF, RF64 or BW64. */
  static AudioClip read(ByteSource source, String name) throws IOException {
    return new WavReader(source, name).read();
  }

  private record Span(long start, long size) {}

  private AudioClip read() throws IOException {
    if (source.size() < 12) {
      throw new AudioException(
          "%s: a WAV file of %d bytes, truncated inside its header".formatted(name, source.size()));
    }
    ByteBuffer riff = bytes(0, 12);
    long riffSize = riff.getInt(4) & 0xffff_ffffL;
    boolean wide = riff.get(1) != 'I';

    WavFormat format = null;
    Span data = null;
    long wideDataSize = UNKNOWN_SIZE;
    long position = 12;
    while (position + CHUNK_HEADER <= source.size() && (format == null || data == null)) {
      ByteBuffer header = bytes(position, CHUNK_HEADER);
      String id = StandardCharsets.ISO_8859_1.decode(header.slice(0, 4)).toString();
      long size = header.getInt(4) & 0xffff_ffffL;
      long content = position + CHUNK_HEADER;
      if (id.equals("data") && data == null) {
        data = dataSpan(content, size, riffSize, wide ? wideDataSize : UNKNOWN_SIZE);
        size = data.size;
      } else {
        requirePresent(id, content, size);
        if (id.equals("fmt ") && format == null) {
          format = WavFormat.parse(formatChunk(content, size), name);
        } else if (id.equals("ds64") && size >= 16) {
          long announced = bytes(content, 16).getLong(8);
          wideDataSize = announced <= 0 ? UNKNOWN_SIZE : announced;
        }
      }
      position = content + size + (size & 1);
    }
    if (format == null) {
      throw new AudioException(name + ": a WAV file without a 'fmt ' chunk; expected one");
    }
    if (data == null) {
      throw new AudioException(
          "%s: a WAV file of %d bytes without a 'data' chunk; expected one"
              .formatted(name, source.size()));
    }
    return AudioFiles.clip(decode(format, data), format.sampleRate(), name);
  }

  private Span dataSpan(long start, long size, long riffSize, long wideSize) {
    long present = source.size() - start;
    if (size == UNKNOWN_SIZE && wideSize != UNKNOWN_SIZE) {
      size = wideSize;
    } else if (size == UNKNOWN_SIZE || size == SOX_UNKNOWN_SIZE) {
      return new Span(start, present);
    }
    // A writer that never came back to its header leaves 0 here, and a RIFF size that ends here
    // too.
    boolean unfinished = size == 0 && (riffSize + 8 <= start || riffSize == UNKNOWN_SIZE);
    if (unfinished) {
      return new Span(start, present);
    }
    if (size > present) {
      throw new AudioException(
          "%s: truncated, its data chunk announces %d bytes and %d are present"
              .formatted(name, size, present));
    }
    return new Span(start, size);
  }

  private ByteBuffer formatChunk(long start, long size) throws IOException {
    if (size < FORMAT_BYTES) {
      throw new AudioException(
          "%s: a WAV 'fmt ' chunk of %d bytes; expected at least %d"
              .formatted(name, size, FORMAT_BYTES));
    }
    return bytes(start, (int) Math.min(size, 40));
  }

  private void requirePresent(String id, long start, long size) {
    long present = source.size() - start;
    if (size > present) {
      throw new AudioException(
          "%s: truncated or damaged, its chunk '%s' announces %d bytes and %d are present"
              .formatted(name, id.replaceAll("[^ -~]", "?"), size, present));
    }
  }

  private ByteBuffer bytes(long position, int length) throws IOException {
    byte[] bytes = new byte[length];
    readFully(position, bytes, length);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void readFully(long position, byte[] into, int length) throws IOException {
    if (source.read(position, into, 0, length) < length) {
      throw new IOException("it became shorter while it was read");
    }
  }

  private float[] decode(WavFormat format, Span data) throws IOException {
    int frameBytes = format.frameBytes();
    // An incomplete last frame is dropped, as every other reader does.
    long frames = data.size / frameBytes;
    if (frames > SampleBuffer.maxSamples()) {
      throw SampleBuffer.tooMany(name, frames);
    }
    float[] mono = new float[(int) frames]; // no more than the bytes that are there
    int pieceFrames = Math.max(1, PIECE_BYTES / frameBytes);
    byte[] piece = new byte[Math.min(pieceFrames, Math.max(1, mono.length)) * frameBytes];
    ByteBuffer buffer = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN);
    for (int done = 0; done < mono.length; ) {
      int count = Math.min(pieceFrames, mono.length - done);
      readFully(data.start + (long) done * frameBytes, piece, count * frameBytes);
      average(format, buffer, mono, done, count);
      done += count;
    }
    return mono;
  }

  private static void average(
      WavFormat format, ByteBuffer buffer, float[] mono, int offset, int frames) {
    int channels = format.channels();
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

  private static double sample(WavFormat.Encoding encoding, ByteBuffer buffer, int at) {
    return switch (encoding) {
      case PCM8 -> ((buffer.get(at) & 0xff) - 0x80) * 0x1p-7;
      case PCM16 -> buffer.getShort(at) * 0x1p-15;
      case PCM24 -> ((buffer.getShort(at) & 0xffff) | (buffer.get(at + 2) << 16)) * 0x1p-23;
      case PCM32 -> buffer.getInt(at) * 0x1p-31;
      case FLOAT32 -> buffer.getFloat(at);
      case FLOAT64 -> buffer.getDouble(at);
    };
  }
}
