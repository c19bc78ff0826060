package ser.cli.parquet;

import blue.strategic.parquet.Hydrator;
import blue.strategic.parquet.ParquetReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.parquet.column.ColumnDescriptor;
import org.jspecify.annotations.Nullable;

/** Reads Parquet files with Apache's reader. */
public final class ParquetFiles {
  private ParquetFiles() {}

  /** All rows of a file, which must have these columns. */
  public static List<List<@Nullable Object>> read(Path file, List<String> columns)
      throws IOException {
    if (!ParquetReader.readMetadata(file.toFile())
        .getFileMetaData()
        .getSchema()
        .getColumns()
        .stream()
        .map(ParquetFiles::name)
        .toList()
        .equals(columns)) {
      throw new IOException(file + " has other columns");
    }
    Hydrator<@Nullable Object[], List<@Nullable Object>, String> rows =
        new Hydrator<>() {
          @Override
          public @Nullable Object[] start() {
            return new Object[columns.size()];
          }

          @Override
          public @Nullable Object[] add(
              @Nullable Object[] target, String column, @Nullable Object value) {
            target[columns.indexOf(column)] = value;
            return target;
          }

          @Override
          public List<@Nullable Object> finish(@Nullable Object[] target) {
            return Arrays.asList(target);
          }
        };
    try (Stream<List<@Nullable Object>> content =
        ParquetReader.streamContent(file.toFile(), rows, path -> String.join(".", path))) {
      return content.toList();
    }
  }

  private static String name(ColumnDescriptor column) {
    return String.join(".", column.getPath());
  }
}
