package ser.features.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ser.api.AudioException;

/**
 * Where the samples of a WAV file (RIFF, RF64, BW64) are and what they mean: the {@code fmt } chunk
 * and all {@code data} chunks, wherever they are.
 *
 * <p>A data chunk that announces more bytes than the file has is one of four things:
 *
 * <ul>
 *   <li>One of the sizes 0xffffffff, 0x80000000, 0x7fffffff and 0x7ffff000 stands for "not known",
 *       and so do 0 and others near 2 or 4 GiB or of whole millions from 2,000,000,000 on when the
 *       RIFF size was not filled in either. A writer into a pipe leaves them. The file is read to
 *       its end.
 *   <li>The RIFF size ends with the file or before it, and the data chunk announces no more than
 *       the length of the header too much: its writer counted the header in. The file is read to
 *       its end.
 *   <li>The RIFF size ends behind the file: the file was cut. It is refused.
 *   <li>Everything else is damage. It is refused.
 * </ul>
 *
 * @param format how a frame is stored
 * @param data where the frames are, in order, at least one place
 * @param notes repairs, a sentence each
 */
record WavHeader(WavFormat format, List<Data> data, List<String> notes) {
  private static final int CHUNK_HEADER = 8;
  private static final int FORMAT_BYTES = 16;

  /** Far above what recorders write; keeps files of tiny chunks from taking minutes. */
  private static final int MAX_CHUNKS = 10_000;

  /** A size that RF64 replaces by that of its {@code ds64} chunk. */
  private static final long UNKNOWN_SIZE = 0xffff_ffffL;

  private static final List<Long> PLACEHOLDERS =
      List.of(UNKNOWN_SIZE, 0x8000_0000L, 0x7fff_ffffL, 0x7fff_f000L);
  private static final long ROUND_PLACEHOLDER = 2_000_000_000L;
  private static final long NEAR = 4096;

  /**
   * The frames of one data chunk.
   *
   * @param start position of the first frame, in bytes from the start of the file
   * @param bytes bytes of frames that are present
   */
  record Data(long start, long bytes) {}

  /** Finds the header's parts; {@code source} starts with RIFF, RF64 or BW64. */
  static WavHeader read(ByteSource source, String name) throws IOException {
    return new Chunks(source, name).walk();
  }

  /** {@return the number of frames; an incomplete last one is dropped, as by other readers} */
  long frames() {
    return data.stream().mapToLong(chunk -> chunk.bytes() / format.frameBytes()).sum();
  }

  /** The file, chunk after chunk. */
  private static final class Chunks {
    private final ByteSource source;
    private final String name;
    private final List<Data> data = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private @Nullable WavFormat format;
    private long riffEnd; // where the RIFF size ends, 0 when it was not filled in
    private long wideDataSize = UNKNOWN_SIZE;
    private boolean wide;

    Chunks(ByteSource source, String name) {
      this.source = source;
      this.name = name;
    }

    WavHeader walk() throws IOException {
      if (source.size() < 12) {
        throw new AudioException(
            "%s: a WAV file of %d bytes, truncated inside its header"
                .formatted(name, source.size()));
      }
      ByteBuffer riff = bytes(0, 12);
      riffEnd = end(riff.getInt(4) & 0xffff_ffffL);
      wide = riff.get(1) != 'I';
      long position = 12;
      for (int count = 0; position + CHUNK_HEADER <= source.size(); count++) {
        if (count == MAX_CHUNKS) {
          throw new AudioException(
              "%s: more than %d chunks in a WAV file; expected a few".formatted(name, MAX_CHUNKS));
        }
        ByteBuffer header = bytes(position, CHUNK_HEADER);
        String id = StandardCharsets.ISO_8859_1.decode(header.slice(0, 4)).toString();
        long size = header.getInt(4) & 0xffff_ffffL;
        long content = position + CHUNK_HEADER;
        boolean complete = format != null && !data.isEmpty();
        if (id.equals("data")) {
          size = dataBytes(content, size);
          data.add(new Data(content, size));
        } else if (complete) {
          // Of what follows the samples only more samples matter; some files end in other bytes.
          if (size > source.size() - content || !id.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            break;
          }
        } else {
          requirePresent(id, content, size);
          readChunk(id, content, size);
        }
        position = content + size + (size & 1);
      }
      if (format == null) {
        throw new AudioException(name + ": a WAV file without a 'fmt ' chunk; expected one");
      }
      if (data.isEmpty()) {
        throw new AudioException(
            "%s: a WAV file of %d bytes without a 'data' chunk; expected one"
                .formatted(name, source.size()));
      }
      if (data.size() > 1) {
        notes.add("%d data chunks were read, one after the other".formatted(data.size()));
      }
      return new WavHeader(format, List.copyOf(data), List.copyOf(notes));
    }

    private void readChunk(String id, long content, long size) throws IOException {
      if (id.equals("fmt ") && format == null) {
        format = WavFormat.parse(formatChunk(content, size), name);
      } else if (wide && id.equals("ds64") && size >= 16) {
        ByteBuffer sizes = bytes(content, 16);
        riffEnd = end(sizes.getLong(0));
        wideDataSize = sizes.getLong(8) <= 0 ? UNKNOWN_SIZE : sizes.getLong(8);
      }
    }

    private static long end(long riffSize) {
      return riffSize <= 0 || PLACEHOLDERS.contains(riffSize) || nearPowerOfTwo(riffSize)
          ? 0
          : riffSize + CHUNK_HEADER;
    }

    private static boolean nearPowerOfTwo(long size) {
      return Math.abs(size - 0x8000_0000L) <= NEAR || Math.abs(size - 0x1_0000_0000L) <= NEAR;
    }

    private long dataBytes(long start, long size) {
      long present = source.size() - start;
      long announced =
          size == UNKNOWN_SIZE && wideDataSize != UNKNOWN_SIZE && data.isEmpty()
              ? wideDataSize
              : size;
      if (announced == 0 && riffEnd <= start) {
        if (present > 0) {
          notes.add(
              "the header was never filled in; all %d bytes behind it were read"
                  .formatted(present));
        }
        return present;
      }
      if (announced <= present) {
        return announced;
      }
      boolean placeholder = PLACEHOLDERS.contains(announced);
      boolean likelyPlaceholder =
          nearPowerOfTwo(announced)
              || (announced >= ROUND_PLACEHOLDER && announced % 1_000_000 == 0);
      boolean riffIsUnfilled = riffEnd <= start || riffEnd - start == announced;
      boolean riffIsWhole = riffEnd > start && riffEnd <= source.size();
      if (placeholder
          || (likelyPlaceholder && riffIsUnfilled)
          || (riffIsWhole && announced - present <= start)) {
        notes.add(
            "the data chunk announces %d bytes; the %d bytes to the end of the file were read"
                .formatted(announced, present));
        return present;
      }
      throw new AudioException(
          "%s: truncated, its data chunk announces %d bytes and %d are present"
              .formatted(name, announced, present));
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
