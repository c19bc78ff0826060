package ser.features.audio;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Builds WAV files chunk by chunk, right and wrong ones. */
final class WavBytes {
  private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();
  private String container = "RIFF";
  private long riffSize = -1;

  /** Sixteen zero frames of 16-bit mono at 16 kHz; the sample values do not matter. */
  static byte[] valid() {
    return new WavBytes().format(1, 1, 16_000, 2, 16).data(new byte[32]).build();
  }

  static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  WavBytes container(String id) {
    container = id;
    return this;
  }

  WavBytes riffSize(long size) {
    riffSize = size;
    return this;
  }

  WavBytes format(int tag, int channels, long rate, int frameBytes, int bits) {
    byte[] content = new byte[16];
    putFields(ByteBuffer.wrap(content), tag, channels, rate, frameBytes, bits);
    return chunk("fmt ", content);
  }

  WavBytes extensible(int subTag, int channels, int rate, int frameBytes, int bits) {
    byte[] content = new byte[40];
    ByteBuffer chunk =
        putFields(ByteBuffer.wrap(content), 0xfffe, channels, rate, frameBytes, bits);
    chunk.putShort((short) 22).putShort((short) bits).putInt(0).putShort((short) subTag);
    chunk.put(new byte[] {0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38});
    chunk.put(new byte[] {(byte) 0x9b, 0x71});
    return chunk("fmt ", content);
  }

  private static ByteBuffer putFields(
      ByteBuffer to, int tag, int channels, long rate, int frameBytes, int bits) {
    return to.order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) tag)
        .putShort((short) channels)
        .putInt((int) rate)
        .putInt((int) (rate * frameBytes))
        .putShort((short) frameBytes)
        .putShort((short) bits);
  }

  WavBytes data(byte[] content) {
    return chunk("data", content);
  }

  WavBytes data(int bytes, Consumer<ByteBuffer> fill) {
    byte[] content = new byte[bytes];
    fill.accept(ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN));
    return data(content);
  }

  WavBytes chunk(String id, byte[] content) {
    return chunk(id, content.length, content);
  }

  /** A chunk that announces another size than it has. */
  WavBytes chunk(String id, long announced, byte[] content) {
    chunks.writeBytes(id.getBytes(StandardCharsets.ISO_8859_1));
    chunks.writeBytes(littleEndian(4).putInt((int) announced).array());
    chunks.writeBytes(content);
    if (content.length % 2 == 1) {
      chunks.write(0);
    }
    return this;
  }

  byte[] build() {
    long size = riffSize >= 0 ? riffSize : chunks.size() + 4;
    return littleEndian(12 + chunks.size())
        .put(container.getBytes(StandardCharsets.ISO_8859_1))
        .putInt((int) size)
        .put("WAVE".getBytes(StandardCharsets.ISO_8859_1))
        .put(chunks.toByteArray())
        .array();
  }
}
