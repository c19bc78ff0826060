package ser.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message in the wire format of Protocol Buffers, field by field in the order added. Byte arrays
 * and inner messages are shared, not copied: weights stand in memory once.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Encoding</a>
 */
final class Message {
  // Wire types.
  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED_32 = 5;

  private final List<byte[]> chunks = new ArrayList<>();
  private int size;

  private Message add(byte[] chunk) {
    chunks.add(chunk);
    size = Math.addExact(size, chunk.length);
    return this;
  }

  private static ByteArrayOutputStream tag(int number, int wireType) {
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    varint(field, ((long) number << 3) | wireType);
    return field;
  }

  /** Seven bits a byte, the lowest first; the highest bit of a byte is set when another follows. */
  private static void varint(ByteArrayOutputStream out, long value) {
    long remaining = value;
    while ((remaining & ~0x7fL) != 0) {
      out.write((int) ((remaining & 0x7f) | 0x80));
      remaining >>>= 7;
    }
    out.write((int) remaining);
  }

  /** Adds an {@code int32}, {@code int64} or enum. */
  Message integer(int number, long value) {
    ByteArrayOutputStream field = tag(number, VARINT);
    varint(field, value);
    return add(field.toByteArray());
  }

  /** Adds a {@code float}. */
  Message real(int number, float value) {
    ByteArrayOutputStream field = tag(number, FIXED_32);
    int bits = Float.floatToRawIntBits(value);
    for (int shift = 0; shift < Float.SIZE; shift += Byte.SIZE) {
      field.write(bits >>> shift);
    }
    return add(field.toByteArray());
  }

  /** Adds a {@code string}, or {@code bytes} of UTF-8. */
  Message text(int number, String value) {
    return bytes(number, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds {@code bytes}. */
  Message bytes(int number, byte[] content) {
    return header(number, content.length).add(content);
  }

  /** Adds a message, which is complete. */
  Message message(int number, Message inner) {
    header(number, inner.size);
    inner.chunks.forEach(this::add);
    return this;
  }

  private Message header(int number, int length) {
    ByteArrayOutputStream field = tag(number, LENGTH_DELIMITED);
    varint(field, length);
    return add(field.toByteArray());
  }

  /** Writes the encoded fields. */
  void writeTo(OutputStream out) throws IOException {
    for (byte[] chunk : chunks) {
      out.write(chunk);
    }
  }
}
