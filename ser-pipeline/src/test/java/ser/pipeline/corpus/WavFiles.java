package ser.pipeline.corpus;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes tiny WAV files: 16 kHz, mono, 16 bits. */
public final class WavFiles {
  private WavFiles() {}

  /** A file of the given samples, its folders made as needed. */
  public static Path write(Path file, int... samples) {
    return write(file, "", samples);
  }

  /** A file with a comment chunk before its audio, which changes the bytes but not the sound. */
  public static Path write(Path file, String comment, int... samples) {
    ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    chunks.writeBytes("WAVE".getBytes(StandardCharsets.US_ASCII));
    byte[] format = new byte[16];
    ByteBuffer fields = littleEndian(format);
    fields.putShort((short) 1).putShort((short) 1).putInt(16_000).putInt(32_000);
    fields.putShort((short) 2).putShort((short) 16);
    chunk(chunks, "fmt ", format);
    if (!comment.isEmpty()) {
      chunk(chunks, "LIST", comment.getBytes(StandardCharsets.US_ASCII));
    }
    byte[] data = new byte[2 * samples.length];
    ByteBuffer values = littleEndian(data);
    for (int sample : samples) {
      values.putShort((short) sample);
    }
    chunk(chunks, "data", data);
    ByteArrayOutputStream riff = new ByteArrayOutputStream();
    chunk(riff, "RIFF", chunks.toByteArray());
    return writeBytes(file, riff.toByteArray());
  }

  /** A file of any bytes, its folders made as needed. */
  public static Path writeBytes(Path file, byte[] bytes) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void chunk(ByteArrayOutputStream out, String name, byte[] payload) {
    out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    byte[] length = new byte[4];
    littleEndian(length).putInt(payload.length);
    out.writeBytes(length);
    out.writeBytes(payload);
    if (payload.length % 2 == 1) {
      out.write(0);
    }
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
