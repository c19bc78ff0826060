package ser.cli.output;

import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
   * @return its format; empty when no format has this ending
   */
  public static Optional<ResultFormat> ofEnding(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return Stream.of(values())
        .filter(format -> format.endings().stream().anyMatch(name::endsWith))
        .findFirst();
  }

  /** {@return the endings of all formats, separated by commas} */
  public static String allEndings() {
    return Stream.of(values())
        .flatMap(format -> format.endings().stream())
        .collect(Collectors.joining(", "));
  }

  /**
   * Returns a writer of rows in this format.
   *
   * @param out where they go, not closed
   * @param row the columns
   * @return the writer
   */
  public ResultRows rows(OutputStream out, ResultRow row) {
    return switch (this) {
      case CSV -> new CsvRows(new OutputStreamWriter(out, StandardCharsets.UTF_8), row);
      case JSONL -> new JsonRows(new OutputStreamWriter(out, StandardCharsets.UTF_8));
      case PARQUET -> new ParquetRows(out, row);
    };
  }
}
