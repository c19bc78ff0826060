package ser.audio.codecs;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import ser.features.audio.spi.RandomAccessBytes;

/**
 * The boxes of an MP4 file, checked before a library allocates what they announce, and the edit
 * list of its audio track. Source: ISO/IEC 14496-12.
 */
final class Mp4Layout {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_BOXES = 10_000;
  private static final long MAX_DESCRIPTION = 1 << 16;
  private static final long MAX_MOVIE = 1 << 28; // the tables of a day of audio have some 20 MB

  private static final Set<String> CONTAINERS =
      Set.of("moov", "trak", "mdia", "minf", "stbl", "edts", "dinf");

  /** The boxes that decoding needs; the library reads every other box as free space. */
  private static final Set<String> NEEDED =
      Set.of(
          "ftyp", "mdat", "mvhd", "tkhd", "mdhd", "hdlr", "smhd", "vmhd", "dref", "stsd", "stts",
          "stsc", "stsz", "stco", "co64");

  private static final byte[] FREE = "free".getBytes(StandardCharsets.US_ASCII);

  private final RandomAccessBytes bytes;
  private final NavigableSet<Long> unneeded = new TreeSet<>(); // positions of the boxes' types
  private int boxes;
  private boolean movie;
  private boolean fragments;
  private long movieScale;
  private String handler = "";
  private long mediaTime;
  private long duration; // of the edit, in units of the movie
  private long mediaScale;
  private boolean audio;
  private long audioDelay;
  private long audioDuration;
  private long audioScale;

  private Mp4Layout(RandomAccessBytes bytes) {
    this.bytes = bytes;
  }

  /** Walks through the boxes. */
  static Mp4Layout check(RandomAccessBytes bytes) throws IOException {
    Mp4Layout layout = new Mp4Layout(bytes);
    layout.walk(0, bytes.size(), 0);
    if (layout.fragments) {
      throw new IOException("it is fragmented");
    }
    if (!layout.movie) {
      throw new IOException("it has no 'moov' box: truncated, or never finished");
    }
    if (!layout.audio) {
      throw new IOException("it has no audio track");
    }
    return layout;
  }

  private ByteBuffer read(long position, int length) throws IOException {
    byte[] read = new byte[length];
    if (bytes.read(position, read, 0, length) < length) {
      throw new EOFException();
    }
    return ByteBuffer.wrap(read);
  }

  private void walk(long start, long end, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException("its boxes are nested too deeply");
    }
    for (long position = start; end - position >= 8; ) {
      if (++boxes > MAX_BOXES) {
        throw new IOException("it has more than %d boxes".formatted(MAX_BOXES));
      }
      ByteBuffer header = read(position, 8);
      long size = header.getInt(0) & 0xffff_ffffL;
      String type = StandardCharsets.ISO_8859_1.decode(header.slice(4, 4)).toString();
      long content = position + 8;
      if (size == 1) {
        size = end - position >= 16 ? read(content, 8).getLong(0) : 0;
        content += 8;
      } else if (size == 0) {
        size = end - position;
      }
      if (size < content - position) {
        throw new IOException("a box of %d bytes at byte %d".formatted(size, position));
      }
      if (size > end - position) {
        throw new EOFException(
            "its box '%s' announces %d bytes and %d are present: truncated"
                .formatted(type.replaceAll("[^ -~]", "?"), size, end - position));
      }
      if (!CONTAINERS.contains(type) && !NEEDED.contains(type)) {
        unneeded.add(position + 4);
      }
      visit(type, content, position + size, depth);
      position += size;
    }
  }

  private void visit(String type, long content, long end, int depth) throws IOException {
    if (type.equals("moov")) {
      movie = true;
      if (end - content > MAX_MOVIE) {
        throw new IOException("its 'moov' box has %d bytes".formatted(end - content));
      }
    }
    if (type.equals("moof") || type.equals("mvex")) {
      fragments = true;
    }
    if (type.equals("trak")) {
      handler = "";
      mediaTime = 0;
      duration = 0;
      mediaScale = 0;
    }
    if (CONTAINERS.contains(type)) {
      walk(content, end, depth + 1);
    } else {
      leaf(type, content, end);
    }
    if (type.equals("trak") && handler.equals("soun") && !audio) {
      audio = true;
      audioDelay = mediaTime;
      audioDuration = duration;
      audioScale = mediaScale;
    }
  }

  private void leaf(String type, long content, long end) throws IOException {
    switch (type) {
      case "mvhd" -> movieScale = timeScale(content);
      case "mdhd" -> mediaScale = timeScale(content);
      case "hdlr" -> handler = StandardCharsets.ISO_8859_1.decode(read(content + 8, 4)).toString();
      case "elst" -> editList(content, end);
      case "stts" -> {
        requireEntries(type, content + 4, end, 8);
        requireSamples(type, content + 4, 8, 0);
      }
      case "ctts" -> requireEntries(type, content + 4, end, 8);
      case "stsc" -> {
        requireEntries(type, content + 4, end, 12);
        requireSamples(type, content + 4, 12, 4);
      }
      case "stco", "stss" -> requireEntries(type, content + 4, end, 4);
      case "co64" -> requireEntries(type, content + 4, end, 8);
      case "stsz" -> requireFrames(content, end);
      case "stsd" -> requireDescriptors(content, end);
      default -> {}
    }
  }

  private long timeScale(long content) throws IOException {
    boolean wide = read(content, 1).get(0) == 1;
    return read(content + (wide ? 20 : 12), 4).getInt(0) & 0xffff_ffffL;
  }

  private void requireEntries(String type, long count, long end, int size) throws IOException {
    long entries = read(count, 4).getInt(0) & 0xffff_ffffL;
    if (entries * size > end - count - 4) {
      throw new IOException(
          "its box '%s' announces %d entries and has room for %d"
              .formatted(type, entries, Math.max(0, end - count - 4) / size));
    }
  }

  /** Checks that a table's runs of samples have no more samples than the file has bytes. */
  private void requireSamples(String type, long count, int size, int field) throws IOException {
    long entries = read(count, 4).getInt(0) & 0xffff_ffffL;
    long samples = 0;
    for (long i = 0; i < entries; i++) {
      samples += read(count + 4 + i * size + field, 4).getInt(0) & 0xffff_ffffL;
      if (samples > bytes.size()) {
        throw new IOException(
            "its box '%s' announces %d samples or more in a file of %d bytes"
                .formatted(type, samples, bytes.size()));
      }
    }
  }

  /** Checks that the frames are no larger than the file: one size for all of them, or a table. */
  private void requireFrames(long content, long end) throws IOException {
    long size = read(content + 4, 4).getInt(0) & 0xffff_ffffL;
    long count = read(content + 8, 4).getInt(0) & 0xffff_ffffL;
    if (size == 0) {
      requireEntries("stsz", content + 8, end, 4);
      requireSamples("stsz", content + 8, 4, 0);
    } else if (size * count > bytes.size()) {
      throw new IOException(
          "its box 'stsz' announces %d frames of %d bytes".formatted(count, size));
    }
  }

  /** Checks the lengths of the nested descriptors of an AAC stream. */
  private void requireDescriptors(long content, long end) throws IOException {
    if (end - content > MAX_DESCRIPTION) {
      throw new IOException("its box 'stsd' has %d bytes".formatted(end - content));
    }
    ByteBuffer description = read(content, (int) (end - content));
    String text = StandardCharsets.ISO_8859_1.decode(description.duplicate()).toString();
    int at = text.indexOf("esds");
    if (at < 0) {
      return;
    }
    at += 8; // behind the name, the version and the flags
    while (at < description.limit()) {
      int tag = description.get(at++);
      int length = 0;
      boolean more = true;
      while (more && at < description.limit()) {
        int part = description.get(at++);
        length = (length << 7) | (part & 0x7f);
        more = part < 0;
      }
      if (length < 0 || length > description.limit() - at) {
        throw new IOException(
            "a descriptor of %d bytes in a box with room for %d"
                .formatted(length, description.limit() - at));
      }
      // An elementary stream and its decoder configuration contain what follows their fields.
      at += tag == 3 ? 3 : tag == 4 ? 13 : length;
    }
  }

  /** Takes the first edit that plays something: what precedes it is the encoder's delay. */
  private void editList(long content, long end) throws IOException {
    boolean wide = read(content, 1).get(0) == 1;
    int size = wide ? 20 : 12;
    requireEntries("elst", content + 4, end, size);
    int entries = (int) Math.min(read(content + 4, 4).getInt(0) & 0xffff_ffffL, 16);
    for (int i = 0; i < entries; i++) {
      ByteBuffer entry = read(content + 8 + (long) i * size, size);
      long time = wide ? entry.getLong(8) : entry.getInt(4);
      if (time >= 0) {
        mediaTime = time;
        // Several edits are a cut recording; then the end is that of the frames.
        duration = entries - i > 1 ? 0 : wide ? entry.getLong(0) : entry.getInt(0) & 0xffff_ffffL;
        return;
      }
    }
  }

  /** {@return the file with free space in place of the boxes that decoding does not need} */
  RandomAccessBytes reduced() {
    return new RandomAccessBytes() {
      @Override
      public long size() {
        return bytes.size();
      }

      @Override
      public int read(long position, byte[] into, int offset, int length) throws IOException {
        int count = bytes.read(position, into, offset, length);
        long end = position + count;
        for (long type : unneeded.subSet(position - FREE.length + 1, true, end, false)) {
          for (int i = 0; i < FREE.length; i++) {
            if (type + i >= position && type + i < end) {
              into[offset + (int) (type + i - position)] = FREE[i];
            }
          }
        }
        return count;
      }
    };
  }

  /** {@return the encoder's delay in samples of the given rate} */
  long delay(int sampleRate) {
    return audioScale == 0 ? 0 : audioDelay * sampleRate / audioScale;
  }

  /** {@return the length behind the delay in samples of the given rate, if an edit says it} */
  OptionalLong length(int sampleRate) {
    return audioDuration <= 0 || movieScale == 0
        ? OptionalLong.empty()
        : OptionalLong.of(Math.round((double) audioDuration * sampleRate / movieScale));
  }
}
