package ser.cli.output;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Objects;
import ser.api.FileResult;
import ser.cli.parquet.Column;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvWriteFeature;

/** Comma-separated values with a header (RFC 4180, lines end in LF); a missing value is empty. */
public final class CsvRows implements ResultRows {
  private static final ObjectWriter CSV =
      CsvMapper.builder()
          .enable(CsvWriteFeature.STRICT_CHECK_FOR_QUOTING)
          .build()
          .writerFor(List.class);

  private final Writer out;
  private final ResultRow row;
  private boolean headed;

  /**
   * Makes a writer of rows.
   *
   * @param out where they go
   * @param row the columns
   */
  public CsvRows(Writer out, ResultRow row) {
    this.out = out;
    this.row = row;
  }

  @Override
  public void add(FileResult result) throws IOException {
    head();
    // Jackson leaves a null out of a list.
    out.write(
        CSV.writeValueAsString(
            row.of(result).stream().map(value -> Objects.requireNonNullElse(value, "")).toList()));
    out.flush();
  }

  @Override
  public void finish() throws IOException {
    head();
    out.flush();
  }

  private void head() throws IOException {
    if (!headed) {
      headed = true;
      out.write(CSV.writeValueAsString(row.columns().stream().map(Column::name).toList()));
    }
  }
}
