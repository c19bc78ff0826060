package ser.cli.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A structure in Thrift's compact protocol, in which Parquet's headers are written. Fields are
 * added in the order of their numbers.
 */
final class CompactStruct {
  private static final int I32 = 5;
  private static final int I64 = 6;
  private static final int BINARY = 8;
  private static final int LIST = 9;
  private static final int STRUCT = 12;

  /** Lists of this length and longer have their length behind the header. */
  private static final int LONG_LIST = 15;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int lastField;

  CompactStruct() {}

  CompactStruct i32(int field, int value) {
    header(field, I32);
    varint(zigzag(value));
    return this;
  }

  CompactStruct i64(int field, long value) {
    header(field, I64);
    varint(zigzag(value));
    return this;
  }

  CompactStruct string(int field, String value) {
    header(field, BINARY);
    binary(value);
    return this;
  }

  CompactStruct struct(int field, CompactStruct value) {
    header(field, STRUCT);
    bytes.writeBytes(value.bytes());
    return this;
  }

  CompactStruct structs(int field, List<CompactStruct> values) {
    list(field, STRUCT, values.size());
    values.forEach(value -> bytes.writeBytes(value.bytes()));
    return this;
  }

  CompactStruct strings(int field, List<String> values) {
    list(field, BINARY, values.size());
    values.forEach(this::binary);
    return this;
  }

  CompactStruct i32s(int field, List<Integer> values) {
    list(field, I32, values.size());
    values.forEach(value -> varint(zigzag(value)));
    return this;
  }

  /** The structure with its end. */
  byte[] bytes() {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(bytes.toByteArray());
    whole.write(0);
    return whole.toByteArray();
  }

  /** Fields here are close enough together for the short form: the distance beside the type. */
  private void header(int field, int type) {
    int distance = field - lastField;
    if (distance < 1 || distance > 15) {
      throw new IllegalArgumentException("field " + field + " after " + lastField);
    }
    bytes.write((distance << 4) | type);
    lastField = field;
  }

  private void list(int field, int type, int size) {
    header(field, LIST);
    bytes.write((Math.min(size, LONG_LIST) << 4) | type);
    if (size >= LONG_LIST) {
      varint(size);
    }
  }

  private void binary(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    varint(utf8.length);
    bytes.writeBytes(utf8);
  }

  private static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  private void varint(long value) {
    writeVarint(value, bytes);
  }

  /** Seven bits a byte, the lowest first, the top bit on all but the last. */
  static void writeVarint(long value, ByteArrayOutputStream out) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
