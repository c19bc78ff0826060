package ser.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import ser.api.FileResult;
import ser.cli.parquet.ParquetWriter;

/** A Parquet file. */
final class ParquetRows implements Rows {
  private final ParquetWriter writer;
  private final List<String> labels;

  ParquetRows(OutputStream out, List<String> labels) {
    this.writer = new ParquetWriter(out, FlatRow.columns(labels));
    this.labels = labels;
  }

  @Override
  public void add(FileResult outcome) throws IOException {
    writer.write(FlatRow.of(outcome, labels));
  }

  @Override
  public void finish() throws IOException {
    writer.finish();
  }
}
