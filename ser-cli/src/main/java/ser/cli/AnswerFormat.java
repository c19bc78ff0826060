package ser.cli;

import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import ser.api.SerException;

/** The formats for programs. */
enum AnswerFormat {
  CSV,
  JSONL,
  PARQUET;

  private List<String> endings() {
    return switch (this) {
      case CSV -> List.of(".csv");
      case JSONL -> List.of(".jsonl", ".json");
      case PARQUET -> List.of(".parquet");
    };
  }

  /** The format that a file's name ends in. */
  static AnswerFormat of(Path file) {
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

  /** Rows in a file. */
  Rows rows(OutputStream out, List<String> labels) {
    return switch (this) {
      case CSV -> new CsvRows(new OutputStreamWriter(out, StandardCharsets.UTF_8), labels);
      case JSONL -> new JsonRows(new OutputStreamWriter(out, StandardCharsets.UTF_8));
      case PARQUET -> new ParquetRows(out, labels);
    };
  }
}
