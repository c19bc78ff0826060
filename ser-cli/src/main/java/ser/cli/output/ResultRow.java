package ser.cli.output;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ser.api.FileResult;
import ser.api.Recognition;
import ser.cli.parquet.Column;

/** A result as a row of a table whose columns are the same for all. */
public final class ResultRow {
  private ResultRow() {}

  /** Returns the columns; a label may be any word, hence the prefix of the probabilities. */
  static List<Column> columns(List<String> labels) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("file", Column.Type.STRING));
    columns.add(new Column("emotion", Column.Type.STRING));
    labels.forEach(label -> columns.add(new Column("p_" + label, Column.Type.DOUBLE)));
    columns.add(new Column("seconds", Column.Type.DOUBLE));
    columns.add(new Column("error", Column.Type.STRING));
    return columns;
  }

  /**
   * Returns a value for each column; what a result does not have is null.
   *
   * @param result of one file
   * @param labels the model's labels, in its order
   * @return as many values as there are columns
   */
  public static List<@Nullable Object> of(FileResult result, List<String> labels) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(result.file().toString());
    if (result instanceof FileResult.Recognized recognized) {
      Recognition recognition = recognized.recognition();
      row.add(recognition.label());
      labels.forEach(label -> row.add(recognition.probabilities().get(label)));
      row.add(recognition.durationSeconds());
      row.add(null);
    } else if (result instanceof FileResult.Failed failed) {
      row.addAll(Collections.nCopies(labels.size() + 2, null));
      row.add(ResultWriter.reason(failed));
    }
    return row;
  }
}
