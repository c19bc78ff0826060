package ser.audio.codecs;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import ser.features.audio.spi.RandomAccessBytes;

/**
 * The packets of an Ogg file with one logical stream. Every page's checksum is verified, so that
 * damage does not become sound. Source: RFC 3533.
 */
final class OggPackets {
  private static final int HEADER = 27;
  private static final int MAX_PAGE = HEADER + 255 + 255 * 255;

  /** Far above the packets of audio; a header packet with a cover image is the largest. */
  private static final int MAX_PACKET = 1 << 24;

  private static final int CONTINUED = 1;
  private static final int LAST = 4;
  private static final int[] CRC = new int[256];

  static {
    for (int i = 0; i < 256; i++) {
      int remainder = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        remainder = (remainder << 1) ^ (remainder < 0 ? 0x04c1_1db7 : 0);
      }
      CRC[i] = remainder;
    }
  }

  private final RandomAccessBytes bytes;
  private final byte[] page = new byte[MAX_PAGE];
  private final int serial;
  private long position;
  private int segments;
  private int segment; // the next one of the page
  private int body; // where it starts
  private boolean last; // the page is marked as the last one
  private byte[] packet = new byte[4096];
  private int packetLength;

  OggPackets(RandomAccessBytes bytes) throws IOException {
    this.bytes = bytes;
    nextPage(true);
    this.serial = littleEndian(page).getInt(14);
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** {@return the next packet, empty at the end} */
  Optional<byte[]> next() throws IOException {
    packetLength = 0;
    while (true) {
      while (segment == segments) {
        if (position == bytes.size()) {
          return Optional.empty();
        }
        if (!nextPage(false)) {
          // Bytes that belong to no page follow the last one, such as a tag.
          return Optional.empty();
        }
        boolean continued = (page[5] & CONTINUED) != 0;
        if (segments > 0 && continued != (packetLength > 0)) {
          throw new IOException("a page is missing before byte " + position);
        }
      }
      int length = page[HEADER + segment++] & 0xff;
      if (packetLength + length > MAX_PACKET) {
        throw new IOException("a packet of more than %d bytes".formatted(MAX_PACKET));
      }
      if (packet.length < packetLength + length) {
        packet = Arrays.copyOf(packet, 2 * (packetLength + length));
      }
      System.arraycopy(page, body, packet, packetLength, length);
      body += length;
      packetLength += length;
      if (length < 255) {
        return Optional.of(Arrays.copyOf(packet, packetLength));
      }
    }
  }

  /** Reads and checks a page; false when something else follows the page marked as the last. */
  private boolean nextPage(boolean first) throws IOException {
    int present = bytes.read(position, page, 0, MAX_PAGE);
    boolean isPage = present >= 4 && page[0] == 'O' && page[1] == 'g' && page[2] == 'g';
    if (last && !isPage) {
      return false;
    }
    if (!isPage) {
      throw new IOException("no Ogg page at byte " + position);
    }
    if (present < HEADER || present < HEADER + (page[26] & 0xff)) {
      throw new EOFException();
    }
    segments = page[26] & 0xff;
    segment = 0;
    body = HEADER + segments;
    int length = body;
    for (int i = 0; i < segments; i++) {
      length += page[HEADER + i] & 0xff;
    }
    if (present < length) {
      throw new EOFException();
    }
    if (littleEndian(page).getInt(22) != checksum(page, length)) {
      throw new IOException("the page at byte %d does not match its checksum".formatted(position));
    }
    if (!first && littleEndian(page).getInt(14) != serial) {
      throw new IOException("it has several streams; expected one");
    }
    last = (page[5] & LAST) != 0;
    position += length;
    return true;
  }

  /** The checksum of a page, computed with zeros in its place. */
  private static int checksum(byte[] page, int length) {
    int crc = 0;
    for (int i = 0; i < length; i++) {
      int value = i >= 22 && i < 26 ? 0 : page[i] & 0xff;
      crc = (crc << 8) ^ CRC[(crc >>> 24) ^ value];
    }
    return crc;
  }

  /**
   * Finds the granule position of the last page: the number of samples until its end.
   *
   * @throws EOFException when no whole page is at the end
   */
  long lastGranule() throws IOException {
    byte[] tail = new byte[(int) Math.min(bytes.size(), 2L * MAX_PAGE)];
    int present = bytes.read(bytes.size() - tail.length, tail, 0, tail.length);
    for (int at = present - HEADER; at >= 0; at--) {
      if (tail[at] == 'O' && tail[at + 1] == 'g' && tail[at + 2] == 'g' && tail[at + 3] == 'S') {
        ByteBuffer page = littleEndian(tail);
        if (page.getInt(at + 14) == serial && page.getLong(at + 6) >= 0) {
          return page.getLong(at + 6);
        }
      }
    }
    throw new EOFException();
  }

  /** {@return whether no further page follows} */
  boolean atEnd() {
    return position == bytes.size();
  }

  /** {@return whether the last page read is marked as the end of the stream} */
  boolean ended() {
    return last;
  }
}
