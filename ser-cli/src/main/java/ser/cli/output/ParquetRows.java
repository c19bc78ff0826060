package ser.cli.output;

import java.io.IOException;
import java.io.OutputStream;
import ser.api.FileResult;
import ser.cli.parquet.ParquetWriter;

/** A Parquet file. */
final class ParquetRows implements ResultRows {
  private final ParquetWriter writer;
  private final ResultRow row;

  ParquetRows(OutputStream out, ResultRow row) {
    this.writer = new ParquetWriter(out, row.columns());
    this.row = row;
  }

  @Override
  public void add(FileResult result) throws IOException {
    writer.write(row.of(result));
  }

  @Override
  public void finish() throws IOException {
    writer.finish();
  }
}
