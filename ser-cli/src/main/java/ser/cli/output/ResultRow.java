package ser.cli.output;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ser.api.FileResult;
import ser.api.Recognition;
import ser.cli.parquet.Column;

/** Results as rows of a table whose columns are the same for all. */
public final class ResultRow {
  private final List<String> labels;
  private final boolean channels;
  private final int embedding;

  /**
   * Chooses the columns.
   *
   * @param labels the model's labels, in its order
   * @param channels adds the channel of a result, behind its file
   * @param embedding elements of the embedding, which are added as the last columns; 0 for none
   */
  public ResultRow(List<String> labels, boolean channels, int embedding) {
    this.labels = List.copyOf(labels);
    this.channels = channels;
    this.embedding = embedding;
  }

  /** {@return the columns; a label may be any word, hence the prefix of the probabilities} */
  List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("file", Column.Type.STRING));
    if (channels) {
      columns.add(new Column("channel", Column.Type.INTEGER));
    }
    columns.add(new Column("emotion", Column.Type.STRING));
    labels.forEach(label -> columns.add(new Column("p_" + label, Column.Type.DOUBLE)));
    columns.add(new Column("seconds", Column.Type.DOUBLE));
    columns.add(new Column("error", Column.Type.STRING));
    columns.add(new Column("notes", Column.Type.STRING));
    columns.add(new Column("doubts", Column.Type.STRING));
    for (int element = 0; element < embedding; element++) {
      columns.add(new Column("e_" + element, Column.Type.FLOAT));
    }
    return columns;
  }

  /**
   * Returns a value for each column; what a result does not have is null.
   *
   * @param result of one file or channel
   * @return as many values as there are columns
   */
  public List<@Nullable Object> of(FileResult result) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(result.file().toString());
    if (channels) {
      row.add(result.channel().isPresent() ? (Integer) result.channel().getAsInt() : null);
    }
    if (result instanceof FileResult.Recognized recognized) {
      Recognition recognition = recognized.recognition();
      row.add(recognition.label());
      labels.forEach(label -> row.add(recognition.probabilities().get(label)));
      row.add(recognition.durationSeconds());
      row.add(null);
      row.add(joined(recognition.notes()));
      row.add(joined(recognition.doubts()));
      row.addAll(recognition.embedding());
    } else if (result instanceof FileResult.Failed failed) {
      row.addAll(Collections.nCopies(labels.size() + 2, null));
      row.add(ResultWriter.reason(failed));
      row.addAll(Collections.nCopies(2 + embedding, null));
    }
    return row;
  }

  private static @Nullable String joined(List<String> sentences) {
    return sentences.isEmpty() ? null : String.join("; ", sentences);
  }
}
