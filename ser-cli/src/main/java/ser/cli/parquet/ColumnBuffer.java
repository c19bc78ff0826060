package ser.cli.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The values of a column in the row group under way. */
final class ColumnBuffer {
  private final Column column;
  private final BitSet present = new BitSet();
  private final ByteArrayOutputStream values = new ByteArrayOutputStream();
  private int rows;

  ColumnBuffer(Column column) {
    this.column = column;
  }

  void add(@Nullable Object value) {
    if (value != null) {
      present.set(rows);
      values.writeBytes(plain(value));
    }
    rows++;
  }

  /** A value in the encoding PLAIN. */
  private byte[] plain(Object value) {
    return switch (column.type()) {
      case INTEGER -> little(Integer.BYTES).putInt((Integer) value).array();
      case FLOAT -> little(Float.BYTES).putFloat((Float) value).array();
      case DOUBLE -> little(Double.BYTES).putDouble((Double) value).array();
      case STRING -> {
        byte[] utf8 = ((String) value).getBytes(StandardCharsets.UTF_8);
        yield little(Integer.BYTES + utf8.length).putInt(utf8.length).put(utf8).array();
      }
    };
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** All values as one data page, with its header; the next page begins. */
  byte[] page() {
    byte[] body = body();
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    page.writeBytes(
        new CompactStruct()
            .i32(1, Codes.DATA_PAGE)
            .i32(2, body.length)
            .i32(3, body.length)
            .struct(
                5,
                new CompactStruct()
                    .i32(1, rows)
                    .i32(2, Codes.PLAIN)
                    .i32(3, Codes.RLE)
                    .i32(4, Codes.RLE))
            .bytes());
    page.writeBytes(body);
    present.clear();
    values.reset();
    rows = 0;
    return page.toByteArray();
  }

  /**
   * Which values are there, then those. The former, "definition levels" of one bit, are one
   * bit-packed run of the encoding RLE: its length in bytes, the number of its groups of eight with
   * a mark, the groups.
   */
  private byte[] body() {
    int groups = (rows + 7) / 8;
    byte[] bits = present.toByteArray(); // without the zeros at the end
    ByteArrayOutputStream run = new ByteArrayOutputStream();
    CompactStruct.writeVarint(((long) groups << 1) | 1, run);
    run.writeBytes(bits);
    run.writeBytes(new byte[groups - bits.length]);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(little(Integer.BYTES).putInt(run.size()).array());
    body.writeBytes(run.toByteArray());
    body.writeBytes(values.toByteArray());
    return body.toByteArray();
  }
}
