package ser.cli.output;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import ser.api.FileResult;
import ser.cli.parquet.ParquetWriter;

/** A Parquet file. */
final class ParquetRows implements ResultRows {
  private final ParquetWriter writer;
  private final List<String> labels;

  ParquetRows(OutputStream out, List<String> labels) {
    this.writer = new ParquetWriter(out, ResultRow.columns(labels));
    this.labels = labels;
  }

  @Override
  public void add(FileResult result) throws IOException {
    writer.write(ResultRow.of(result, labels));
  }

  @Override
  public void finish() throws IOException {
    writer.finish();
  }
}
