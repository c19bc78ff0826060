package ser.pipeline.corpus;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes FLAC files without compression: 16 kHz, mono, 16 bits (RFC 9639). */
public final class FlacFiles {
  private static final int BLOCK = 4_096;

  private FlacFiles() {}

  /** A file of the given samples, its folders made as needed. */
  public static Path write(Path file, int... samples) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("fLaC".getBytes(StandardCharsets.US_ASCII));
    ByteBuffer info = ByteBuffer.allocate(38);
    info.putInt(0x80 << 24 | 34).putShort((short) BLOCK).putShort((short) BLOCK);
    info.put(new byte[6]); // unknown frame sizes
    info.putLong(16_000L << 44 | 15L << 36 | samples.length); // one channel, 16 bits
    out.writeBytes(info.array()); // no MD5
    for (int from = 0, number = 0; from < samples.length; from += BLOCK, number++) {
      out.writeBytes(frame(samples, from, Math.min(BLOCK, samples.length - from), number));
    }
    return WavFiles.writeBytes(file, out.toByteArray());
  }

  private static byte[] frame(int[] samples, int from, int length, int number) {
    if (number > 127) {
      throw new IllegalArgumentException("too long for a frame number of one byte");
    }
    ByteBuffer frame = ByteBuffer.allocate(11 + 2 * length);
    // Sync code, fixed blocks; block size in 16 bits behind the header, rate of the stream.
    frame.putShort((short) 0xFFF8).put((byte) 0x70).put((byte) 0x08).put((byte) number);
    frame.putShort((short) (length - 1));
    frame.put((byte) crc(frame, 8, 0x07));
    frame.put((byte) 0x02); // a verbatim subframe
    for (int i = 0; i < length; i++) {
      frame.putShort((short) samples[from + i]);
    }
    return frame.putShort((short) crc(frame, 16, 0x8005)).array();
  }

  /** The remainder of what was put so far, by a polynomial over bits. */
  private static int crc(ByteBuffer bytes, int width, int polynomial) {
    int crc = 0;
    for (int i = 0; i < bytes.position(); i++) {
      crc ^= (bytes.get(i) & 0xFF) << (width - 8);
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1 << (width - 1)) == 0 ? crc << 1 : crc << 1 ^ polynomial;
      }
    }
    return crc & (1 << width) - 1;
  }
}
