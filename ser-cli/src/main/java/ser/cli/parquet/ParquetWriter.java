package ser.cli.parquet;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a table as a Parquet file: format version 1, a page of PLAIN values per column in each
 * group of {@value #GROUP_ROWS} rows not compressed. One thread at a time.
 *
 * <p>Source: <a href="https://parquet.apache.org/docs/file-format/">the format's description</a>.
 */
public final class ParquetWriter {
  /** Rows that are held in memory until their group is full. */
  static final int GROUP_ROWS = 1 << 16;

  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  private final OutputStream out;
  private final List<Column> columns;
  private final List<ColumnBuffer> buffers;
  private final List<CompactStruct> groups = new ArrayList<>();
  private int groupRows;
  private long rows;
  private long position;

  /**
   * Begins a table; nothing is written yet.
   *
   * @param out where to; stays open
   * @param columns at least one
   */
  public ParquetWriter(OutputStream out, List<Column> columns) {
    this.out = out;
    this.columns = List.copyOf(columns);
    this.buffers = this.columns.stream().map(ColumnBuffer::new).toList();
  }

  /**
   * Adds a row.
   *
   * @param row a value of the column's type, or null, for each column
   * @throws IOException when {@code out} does
   */
  public void write(List<? extends @Nullable Object> row) throws IOException {
    if (row.size() != columns.size()) {
      throw new IllegalArgumentException(
          "a row of %d values in a table of %d columns".formatted(row.size(), columns.size()));
    }
    for (int i = 0; i < columns.size(); i++) {
      buffers.get(i).add(row.get(i));
    }
    groupRows++;
    if (groupRows == GROUP_ROWS) {
      writeGroup();
    }
  }

  /**
   * Writes what is still held and the footer; only then is it a Parquet file.
   *
   * @throws IOException when {@code out} does
   */
  public void finish() throws IOException {
    if (groupRows > 0) {
      writeGroup();
    }
    begin();
    byte[] footer =
        new CompactStruct()
            .i32(1, 1)
            .structs(2, schema())
            .i64(3, rows)
            .structs(4, groups)
            .string(6, "ser.cli.parquet")
            .bytes();
    put(footer);
    put(
        ByteBuffer.allocate(Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(footer.length)
            .array());
    put(MAGIC);
    out.flush();
  }

  private void begin() throws IOException {
    if (position == 0) {
      put(MAGIC);
    }
  }

  private void put(byte[] bytes) throws IOException {
    out.write(bytes);
    position += bytes.length;
  }

  private void writeGroup() throws IOException {
    begin();
    List<CompactStruct> chunks = new ArrayList<>();
    long total = 0;
    for (int i = 0; i < columns.size(); i++) {
      long offset = position;
      put(buffers.get(i).page());
      long size = position - offset;
      total += size;
      chunks.add(new CompactStruct().i64(2, offset).struct(3, chunk(columns.get(i), offset, size)));
    }
    groups.add(new CompactStruct().structs(1, chunks).i64(2, total).i64(3, groupRows));
    rows += groupRows;
    groupRows = 0;
  }

  private CompactStruct chunk(Column column, long offset, long size) {
    return new CompactStruct()
        .i32(1, column.type().code)
        .i32s(2, List.of(Codes.PLAIN, Codes.RLE))
        .strings(3, List.of(column.name()))
        .i32(4, Codes.UNCOMPRESSED)
        .i64(5, groupRows)
        .i64(6, size)
        .i64(7, size)
        .i64(9, offset);
  }

  private List<CompactStruct> schema() {
    List<CompactStruct> elements = new ArrayList<>();
    elements.add(new CompactStruct().string(4, "schema").i32(5, columns.size()));
    for (Column column : columns) {
      CompactStruct element =
          new CompactStruct()
              .i32(1, column.type().code)
              .i32(3, Codes.OPTIONAL)
              .string(4, column.name());
      if (column.type() == Column.Type.STRING) {
        // LogicalType is a union; its first member, STRING, is an empty structure.
        element.i32(6, Codes.UTF8).struct(10, new CompactStruct().struct(1, new CompactStruct()));
      }
      elements.add(element);
    }
    return elements;
  }
}
