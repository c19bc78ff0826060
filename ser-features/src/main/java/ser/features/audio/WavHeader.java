package ser.features.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import ser.api.AudioException;

/**
 * Where the samples of a WAV file (RIFF, RF64, BW64) are and what they mean: the {@code fmt } and
 * the first {@code data} chunk, wherever they are. Sizes in the file are believed only as far as
 * the file goes.
 *
 * @param format how a frame is stored
 * @param dataStart where the first frame is, in bytes from the start of the file
 * @param dataBytes how many bytes of frames are there
 */
record WavHeader(WavFormat format, long dataStart, long dataBytes) {
  private static final int CHUNK_HEADER = 8;
  private static final int FORMAT_BYTES = 16;

  /** A size that means "written to a pipe, read to the end" (RF64 uses it too). */
  private static final long UNKNOWN_SIZE = 0xffff_ffffL;

  /** What SoX writes for the same reason. */
  private static final long SOX_UNKNOWN_SIZE = 0x7fff_f000L;

  /** Finds the header's parts; {@code source} starts with RIFF, RF64 or BW64. */
  static WavHeader read(ByteSource source, String name) throws IOException {
    return new Chunks(source, name).walk();
  }

  /** {@return the number of frames; an incomplete last one is dropped, as by other readers} */
  long frames() {
    return dataBytes / format.frameBytes();
  }

  /** The file, chunk after chunk. */
  private record Chunks(ByteSource source, String name) {
    WavHeader walk() throws IOException {
      if (source.size() < 12) {
        throw new AudioException(
            "%s: a WAV file of %d bytes, truncated inside its header"
                .formatted(name, source.size()));
      }
      ByteBuffer riff = bytes(0, 12);
      long riffSize = riff.getInt(4) & 0xffff_ffffL;
      boolean wide = riff.get(1) != 'I';

      WavFormat format = null;
      long dataStart = -1;
      long dataBytes = 0;
      long wideDataSize = UNKNOWN_SIZE;
      long position = 12;
      while (position + CHUNK_HEADER <= source.size() && (format == null || dataStart < 0)) {
        ByteBuffer header = bytes(position, CHUNK_HEADER);
        String id = StandardCharsets.ISO_8859_1.decode(header.slice(0, 4)).toString();
        long size = header.getInt(4) & 0xffff_ffffL;
        long content = position + CHUNK_HEADER;
        if (id.equals("data") && dataStart < 0) {
          dataStart = content;
          dataBytes = dataBytes(content, size, riffSize, wide ? wideDataSize : UNKNOWN_SIZE);
          size = dataBytes;
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
      if (dataStart < 0) {
        throw new AudioException(
            "%s: a WAV file of %d bytes without a 'data' chunk; expected one"
                .formatted(name, source.size()));
      }
      return new WavHeader(format, dataStart, dataBytes);
    }

    private long dataBytes(long start, long size, long riffSize, long wideSize) {
      long present = source.size() - start;
      if (size == UNKNOWN_SIZE && wideSize != UNKNOWN_SIZE) {
        size = wideSize;
      } else if (size == UNKNOWN_SIZE || size == SOX_UNKNOWN_SIZE) {
        return present;
      }
      // A writer that never came back to its header leaves 0 here, and a RIFF size that ends here
      // too.
      boolean unfinished = size == 0 && (riffSize + 8 <= start || riffSize == UNKNOWN_SIZE);
      if (unfinished) {
        return present;
      }
      if (size > present) {
        throw new AudioException(
            "%s: truncated, its data chunk announces %d bytes and %d are present"
                .formatted(name, size, present));
      }
      return size;
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
      source.readFully(position, bytes, 0, length);
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
