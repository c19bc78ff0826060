package ser.cli.output;

import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import ser.api.SerException;

/** The formats for programs. */
public enum ResultFormat {
  /** Comma-separated values, see {@link CsvRows}. */
  CSV,
  /** JSON Lines, see {@link JsonRows}. */
  JSONL,
  /** Parquet, see {@link ParquetRows}. */
  PARQUET;

  private List<String> endings() {
    return switch (this) {
      case CSV -> List.of(".csv");
      case JSONL -> List.of(".jsonl", ".json");
      case PARQUET -> List.of(".parquet");
    };
  }

  /**
   * Returns the format that a file's name ends in.
   *
   * @param file such as {@code results.csv}
   * @return its format
   * @throws SerException when no format has this ending; the message lists those there are
   */
  public static ResultFormat of(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return Stream.of(values())
        .filter(format -> format.endings().stream().anyMatch(name::endsWith))
        .findFirst()
        .orElseThrow(
            () ->
                new SerException(
                    "%s: this ending names no format; give --format, or an ending of these: %s"
                        .formatted(
                            file,
                            String.join(
                                ", ",
                                Stream.of(values())
                                    .flatMap(format -> format.endings().stream())
                                    .toList()))));
  }

  /**
   * Returns a writer of rows in this format.
   *
   * @param out where they go, not closed
   * @param labels the model's labels, in its order
   * @return the writer
   */
  public ResultRows rows(OutputStream out, List<String> labels) {
    return switch (this) {
      case CSV -> new CsvRows(new OutputStreamWriter(out, StandardCharsets.UTF_8), labels);
      case JSONL -> new JsonRows(new OutputStreamWriter(out, StandardCharsets.UTF_8));
      case PARQUET -> new ParquetRows(out, labels);
    };
  }
}
