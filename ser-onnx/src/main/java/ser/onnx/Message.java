package ser.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A Protocol Buffers message, field by field in the order added. Content that is already bytes is
 * shared, not copied: weights stand in memory once.
 */
final class Message {
  private ByteString bytes = ByteString.EMPTY;

  /** The encoded fields. */
  ByteString bytes() {
    return bytes;
  }

  @FunctionalInterface
  private interface Field {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private Message add(Field field) {
    ByteString.Output buffer = ByteString.newOutput();
    CodedOutputStream out = CodedOutputStream.newInstance(buffer);
    try {
      field.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    bytes = bytes.concat(buffer.toByteString());
    return this;
  }

  /** An {@code int32}, {@code int64} or enum. */
  Message integer(int number, long value) {
    return add(out -> out.writeInt64(number, value));
  }

  /** A {@code float}. */
  Message real(int number, float value) {
    return add(out -> out.writeFloat(number, value));
  }

  /** A {@code string}, or {@code bytes} of UTF-8. */
  Message text(int number, String value) {
    return add(out -> out.writeString(number, value));
  }

  /** {@code bytes}. */
  Message bytes(int number, ByteString content) {
    add(
        out -> {
          out.writeTag(number, 2 /* length-delimited */);
          out.writeUInt32NoTag(content.size());
        });
    bytes = bytes.concat(content);
    return this;
  }

  /** A message. */
  Message message(int number, Message inner) {
    return bytes(number, inner.bytes);
  }
}
