package ser.features.audio;

import java.nio.ByteBuffer;

/** Writes FLAC files of 16 bits whose frames hold the samples as they are. */
final class FlacBytes {
  private static final int BLOCK = 4096;

  private FlacBytes() {}

  /** {@return a file of samples, [channel, sample], without MD5} */
  static byte[] of(int sampleRate, short[][] channels) {
    int length = channels[0].length;
    int blocks = (length + BLOCK - 1) / BLOCK;
    ByteBuffer out = ByteBuffer.allocate(64 + blocks * 32 + length * channels.length * 2);
    out.putInt(0x664c6143).putInt(0x80000000 | 34);
    out.putShort((short) BLOCK).putShort((short) BLOCK).putInt(0).putShort((short) 0);
    out.putLong((long) sampleRate << 44 | (channels.length - 1L) << 41 | 15L << 36 | length);
    out.put(new byte[16]);
    for (int block = 0; block < blocks; block++) {
      int start = block * BLOCK;
      frame(out, block, channels, start, Math.min(BLOCK, length - start));
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static void frame(ByteBuffer out, int block, short[][] channels, int start, int count) {
    int first = out.position();
    // A block of 16-bit size at the file's rate, independent channels of 16 bits.
    out.putShort((short) 0xfff8).put((byte) 0x70).put((byte) ((channels.length - 1) << 4 | 4 << 1));
    number(out, block);
    out.putShort((short) (count - 1));
    out.put((byte) crc(out, first, 8, 0x07));
    for (short[] channel : channels) {
      out.put((byte) 2); // verbatim
      for (int i = start; i < start + count; i++) {
        out.putShort(channel[i]);
      }
    }
    out.putShort((short) crc(out, first, 16, 0x8005));
  }

  private static void number(ByteBuffer out, int value) {
    if (value < 0x80) {
      out.put((byte) value);
    } else {
      out.put((byte) (0xc0 | value >> 6)).put((byte) (0x80 | (value & 0x3f)));
    }
  }

  private static int crc(ByteBuffer bytes, int first, int bits, int polynomial) {
    int top = 1 << (bits - 1);
    int crc = 0;
    for (int at = first; at < bytes.position(); at++) {
      crc ^= (bytes.get(at) & 0xff) << (bits - 8);
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & top) != 0 ? (crc << 1) ^ polynomial : crc << 1;
      }
    }
    return crc & ((1 << bits) - 1);
  }
}
