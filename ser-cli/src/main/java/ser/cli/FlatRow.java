package ser.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ser.api.FileResult;
import ser.api.Recognition;
import ser.cli.parquet.Column;

/** An outcome as a row of a table whose columns are the same for all. */
final class FlatRow {
  private FlatRow() {}

  /** The columns; a label may be any word, hence the prefix of those with probabilities. */
  static List<Column> columns(List<String> labels) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("file", Column.Type.STRING));
    columns.add(new Column("emotion", Column.Type.STRING));
    labels.forEach(label -> columns.add(new Column("p_" + label, Column.Type.DOUBLE)));
    columns.add(new Column("seconds", Column.Type.DOUBLE));
    columns.add(new Column("error", Column.Type.STRING));
    return columns;
  }

  /** A value for each column; what an outcome does not have is null. */
  static List<@Nullable Object> of(FileResult outcome, List<String> labels) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(outcome.file().toString());
    if (outcome instanceof FileResult.Recognized recognized) {
      Recognition recognition = recognized.recognition();
      row.add(recognition.label());
      labels.forEach(label -> row.add(recognition.probabilities().get(label)));
      row.add(recognition.durationSeconds());
      row.add(null);
    } else if (outcome instanceof FileResult.Failed failed) {
      row.addAll(Collections.nCopies(labels.size() + 2, null));
      row.add(Answers.reason(failed));
    }
    return row;
  }
}
