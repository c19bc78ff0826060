package ser.pipeline.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;

/**
 * Any corpus, as a list: a CSV file (RFC 4180, UTF-8) whose header names the columns {@code path},
 * {@code label}, {@code speaker} and, optionally, {@code session}, in any order. Paths are relative
 * to the manifest's folder. Labels are sorted, so that the order of a model's outputs does not
 * depend on the order of the rows.
 */
final class CsvManifest {
  private CsvManifest() {}

  private static final List<String> REQUIRED = List.of("path", "label", "speaker");
  private static final String SESSION = "session";

  private static final CsvMapper CSV =
      CsvMapper.builder()
          .enable(CsvReadFeature.WRAP_AS_ARRAY)
          .enable(CsvReadFeature.SKIP_EMPTY_LINES)
          .build();

  /**
   * A record of the manifest.
   *
   * @param line the number of the line the record starts on, from 1
   */
  private record Row(int line, List<String> cells) {}

  static Corpus read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CorpusException(
          "%s %s; expected a CSV file with the columns path,label,speaker[,session]"
              .formatted(file, Files.exists(file) ? "is not a file" : "does not exist"));
    }
    List<Row> rows = rows(file);
    if (rows.isEmpty()) {
      throw new CorpusException(
          "%s is empty; expected the header path,label,speaker[,session]".formatted(file));
    }
    List<String> columns = columns(file, rows.get(0));
    List<Utterance> utterances = new ArrayList<>();
    Map<String, Integer> lineOfPath = new HashMap<>();
    for (Row row : rows.subList(1, rows.size())) {
      Utterance utterance = utterance(file, columns, row);
      Integer earlier = lineOfPath.putIfAbsent(utterance.id(), row.line());
      if (earlier != null) {
        throw new CorpusException(
            "%s line %d: %s is listed on line %d already; expected each file once"
                .formatted(file, row.line(), utterance.id(), earlier));
      }
      utterances.add(utterance);
    }
    if (utterances.isEmpty()) {
      throw new CorpusException(
          "%s has a header but no rows; expected one row per audio file".formatted(file));
    }
    List<String> labels = utterances.stream().map(Utterance::label).distinct().sorted().toList();
    return new Corpus("csv", labels, utterances, notes(columns));
  }

  private static List<String> notes(List<String> columns) {
    List<String> others =
        columns.stream()
            .filter(column -> !REQUIRED.contains(column) && !column.equals(SESSION))
            .toList();
    return others.isEmpty()
        ? List.of()
        : List.of("ignored the columns " + String.join(", ", others));
  }

  private static List<String> columns(Path file, Row header) {
    List<String> columns =
        header.cells().stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    for (String name : REQUIRED) {
      if (!columns.contains(name)) {
        throw new CorpusException(
            "%s line %d: no column '%s' in the header '%s'; expected path,label,speaker[,session]"
                .formatted(file, header.line(), name, String.join(",", columns)));
      }
    }
    return columns;
  }

  private static Utterance utterance(Path file, List<String> columns, Row row) {
    if (row.cells().size() != columns.size()) {
      throw new CorpusException(
          "%s line %d: found %d values; expected %d, one for each of %s"
              .formatted(
                  file, row.line(), row.cells().size(), columns.size(), String.join(",", columns)));
    }
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      values.putIfAbsent(columns.get(i), row.cells().get(i));
    }
    String path = required(file, row, values, "path");
    return new Utterance(
        path,
        audio(file, row, path),
        required(file, row, values, "label"),
        required(file, row, values, "speaker"),
        Optional.ofNullable(values.get(SESSION)).filter(session -> !session.isEmpty()));
  }

  private static String required(Path file, Row row, Map<String, String> values, String column) {
    String value = values.getOrDefault(column, "");
    if (value.isEmpty()) {
      throw new CorpusException(
          "%s line %d: no value for '%s'; expected one in every row"
              .formatted(file, row.line(), column));
    }
    return value;
  }

  private static Path audio(Path file, Row row, String path) {
    Path audio;
    try {
      audio = file.resolveSibling(path);
    } catch (InvalidPathException e) {
      throw new CorpusException(
          "%s line %d: '%s' is not a path: %s".formatted(file, row.line(), path, e.getReason()), e);
    }
    if (!Files.isRegularFile(audio)) {
      throw new CorpusException(
          "%s line %d: no audio file at %s; expected paths relative to the manifest's folder"
              .formatted(file, row.line(), audio));
    }
    return audio;
  }

  private static List<Row> rows(Path file) {
    List<Row> rows = new ArrayList<>();
    // A stream rather than a reader: Jackson then takes care of a byte order mark.
    try (InputStream in = Files.newInputStream(file);
        JsonParser parser = CSV.createParser(in)) {
      parser.nextToken(); // the array around all rows
      while (parser.nextToken() == JsonToken.START_ARRAY) {
        List<String> cells = new ArrayList<>();
        JsonToken token = parser.nextToken();
        // Jackson gives the start of a row the place where the row before it started.
        int line = parser.currentTokenLocation().getLineNr();
        while (token != JsonToken.END_ARRAY) {
          cells.add(parser.getString().strip());
          token = parser.nextToken();
        }
        rows.add(new Row(line, cells));
      }
      return rows;
    } catch (JacksonException e) {
      throw new CorpusException(
          "%s line %d: not CSV: %s"
              .formatted(file, e.getLocation().getLineNr(), e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new CorpusException("%s cannot be read: %s".formatted(file, e), e);
    }
  }
}
