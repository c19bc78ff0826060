package ser.cli.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Apache's own reader gets back, to the bit, what was written. */
class ParquetWriterTests {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("name", Column.Type.STRING),
          new Column("größe, \"p\"", Column.Type.DOUBLE),
          new Column("none", Column.Type.DOUBLE),
          new Column("error", Column.Type.STRING));

  @TempDir private Path folder = Path.of("");

  private List<List<@Nullable Object>> roundTrip(List<List<@Nullable Object>> rows)
      throws IOException {
    Path file = folder.resolve("table.parquet");
    try (OutputStream out = Files.newOutputStream(file)) {
      ParquetWriter writer = new ParquetWriter(out, COLUMNS);
      for (List<@Nullable Object> row : rows) {
        writer.write(row);
      }
      writer.finish();
    }
    return ParquetFiles.read(file, COLUMNS.stream().map(Column::name).toList());
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  @Test
  void wordsNumbersAndWhatIsMissingComeBack() throws IOException {
    List<List<@Nullable Object>> rows =
        List.of(
            row("a.wav", 0.1, null, null),
            row(null, null, null, "ein schöner \"Tag\",\nzwei 🎧"),
            row("", -0.0, null, ""),
            row("c", Double.NaN, null, null),
            row("d", Double.MIN_VALUE, null, null),
            row("e", Double.NEGATIVE_INFINITY, null, null));

    assertThat(roundTrip(rows)).isEqualTo(rows);
  }

  @Test
  void aTableWithoutRowsIsRead() throws IOException {
    assertThat(roundTrip(List.of())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {1, 7, 8, 9, 1000, ParquetWriter.GROUP_ROWS, 2 * ParquetWriter.GROUP_ROWS + 1})
  void anyNumberOfRowsComesBack(int count) throws IOException {
    SplittableRandom random = new SplittableRandom(count);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          row(
              "file " + i,
              random.nextInt(3) == 0 ? null : random.nextDouble(),
              null,
              random.nextInt(100) == 0 ? "x".repeat(random.nextInt(300)) : null));
    }

    assertThat(roundTrip(rows).equals(rows)).as("seed %d", count).isTrue();
  }

  @Test
  void aRowOfAnotherWidthIsRefused() {
    ParquetWriter writer = new ParquetWriter(new ByteArrayOutputStream(), COLUMNS);

    assertThatThrownBy(() -> writer.write(row("a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a row of 1 values in a table of 4 columns");
  }
}
