package ser.pipeline.corpus;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;
import tools.jackson.dataformat.csv.CsvSchema;

/**
 * Any corpus, as a list: a CSV file (RFC 4180, UTF-8, separated by commas, semicolons or tabs)
 * whose header names the columns of {@link Column}, in any order and case. Paths are relative to
 * the manifest's folder. Labels are sorted, so that the order of a model's outputs does not depend
 * on the order of the rows.
 *
 * <p>The corpus is named by the file without its ending. A file that is named as a published corpus
 * keeps its ending in the name, so that its speakers are not taken for that corpus's.
 */
final class CsvManifest {
  private final Path file;
  private final String name;

  private CsvManifest(Path file) {
    this.file = file;
    this.name = name(file);
  }

  /** The columns that have a meaning, by the names they may have. */
  private enum Column {
    FILE(true, "file", "path", "audio"),
    EMOTION(true, "emotion", "label"),
    SPEAKER(true, "speaker"),
    SESSION(false, "session"),
    SENTENCE(false, "sentence"),
    SPLIT(false, "split"),
    START(false, "start"),
    END(false, "end");

    private final boolean required;

    @SuppressWarnings("ImmutableEnumChecker") // a copy that cannot be changed
    private final List<String> names;

    Column(boolean required, String... names) {
      this.required = required;
      this.names = List.of(names);
    }

    static @Nullable Column named(String name) {
      for (Column column : values()) {
        if (column.names.contains(name)) {
          return column;
        }
      }
      return null;
    }
  }

  private static final String EXPECTED =
      "the columns file,emotion,speaker[,session,sentence,split,start,end]";
  private static final List<Character> SEPARATORS = List.of(',', ';', '\t');
  private static final Pattern SECONDS = Pattern.compile("\\d+(?:\\.\\d*)?|\\.\\d+");
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final long LARGEST = 1 << 28;
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

  /** The header's cells, and the meaning of those that have one. */
  private record Header(List<String> cells, Map<Column, Integer> places, char separator) {}

  static Corpus read(Path file) {
    return new CsvManifest(file).read();
  }

  private static String name(Path file) {
    String name = String.valueOf(file.getFileName());
    String stem = name.replaceFirst("(?<=.)\\.[^.]*$", "");
    return Corpora.isPublished(stem) ? name : stem;
  }

  private Corpus read() {
    if (!Files.isRegularFile(file)) {
      throw new CorpusException(
          "%s %s; expected a CSV file with %s"
              .formatted(file, Files.exists(file) ? "is not a file" : "does not exist", EXPECTED));
    }
    String text = text();
    char separator = separator(text);
    List<Row> rows = rows(text, separator);
    if (rows.isEmpty()) {
      throw new CorpusException("%s is empty; expected a header with %s".formatted(file, EXPECTED));
    }
    Header header = header(rows.get(0), separator);
    List<Utterance> utterances = new ArrayList<>();
    Map<List<Object>, Integer> lineOfClip = new HashMap<>();
    int missing = 0;
    for (Row row : rows.subList(1, rows.size())) {
      Utterance utterance = utterance(header, row);
      List<Object> clip = List.of(utterance.path().normalize(), utterance.segment());
      Integer earlier = lineOfClip.putIfAbsent(clip, row.line());
      if (earlier != null) {
        throw fault(
            row.line(),
            "%s is listed on line %d already; expected each clip once"
                .formatted(utterance.id(), earlier));
      }
      missing += Files.isRegularFile(utterance.path()) ? 0 : 1;
      utterances.add(utterance);
    }
    if (utterances.isEmpty()) {
      throw new CorpusException(
          "%s has a header but no rows; expected one row per clip".formatted(file));
    }
    if (missing == utterances.size()) {
      throw fault(
          rows.get(1).line(),
          "no audio file at %s, nor at the path of any other row; expected paths relative to the"
                  .formatted(utterances.get(0).path())
              + " manifest's folder");
    }
    String ignored =
        header.cells().stream()
            .filter(name -> Column.named(name) == null)
            .collect(Collectors.joining(", "));
    return new Corpus(
        name,
        utterances.stream().map(Utterance::label).distinct().sorted().toList(),
        utterances,
        ignored.isEmpty() ? List.of() : List.of("ignored the columns " + ignored));
  }

  private Header header(Row row, char separator) {
    List<String> cells = row.cells().stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    Map<Column, Integer> places = new EnumMap<>(Column.class);
    for (int i = 0; i < cells.size(); i++) {
      Column column = Column.named(cells.get(i));
      if (column == null) {
        continue;
      }
      Integer earlier = places.putIfAbsent(column, i);
      if (earlier != null) {
        throw fault(
            row.line(),
            "the columns '%s' and '%s' of the header mean the same; expected one of %s"
                .formatted(cells.get(earlier), cells.get(i), String.join(", ", column.names)));
      }
    }
    for (Column column : Column.values()) {
      if (column.required && !places.containsKey(column)) {
        throw fault(
            row.line(),
            "no column '%s' in the header '%s'; expected %s"
                .formatted(
                    String.join("' or '", column.names),
                    String.join(String.valueOf(separator), cells),
                    EXPECTED));
      }
    }
    return new Header(cells, places, separator);
  }

  private Utterance utterance(Header header, Row row) {
    if (row.cells().size() != header.cells().size()) {
      throw fault(
          row.line(),
          "found %d values; expected %d, one for each of %s"
              .formatted(
                  row.cells().size(), header.cells().size(), String.join(",", header.cells())));
    }
    String path = required(header, row, Column.FILE);
    Optional<Segment> segment = segment(header, row);
    String id = path.replace('\\', '/');
    return Utterance.of(
            name,
            segment.map(times -> id + "#" + times.key()).orElse(id),
            audio(row, path),
            required(header, row, Column.EMOTION),
            required(header, row, Column.SPEAKER))
        .withSegment(segment)
        .withSession(optional(header, row, Column.SESSION))
        .withSentence(optional(header, row, Column.SENTENCE))
        .withPart(optional(header, row, Column.SPLIT).map(split -> part(row, split)));
  }

  private static Optional<String> optional(Header header, Row row, Column column) {
    Integer place = header.places().get(column);
    return place == null
        ? Optional.empty()
        : Optional.of(row.cells().get(place)).filter(value -> !value.isEmpty());
  }

  private String required(Header header, Row row, Column column) {
    String value =
        optional(header, row, column)
            .orElseThrow(
                () ->
                    fault(
                        row.line(),
                        "no value for '%s'; expected one in every row"
                            .formatted(
                                header
                                    .cells()
                                    .get(Objects.requireNonNull(header.places().get(column))))));
    if (CONTROL.matcher(value).find()) {
      throw fault(
          row.line(),
          "a value of '%s' has a control character; expected printable text"
              .formatted(column.names.get(0)));
    }
    return value;
  }

  private Optional<Segment> segment(Header header, Row row) {
    Optional<String> start = optional(header, row, Column.START);
    Optional<String> end = optional(header, row, Column.END);
    if (start.isEmpty() && end.isEmpty()) {
      return Optional.empty();
    }
    double from = start.isPresent() ? seconds(header, row, "start", start.get()) : 0;
    OptionalDouble to =
        end.isPresent()
            ? OptionalDouble.of(seconds(header, row, "end", end.get()))
            : OptionalDouble.empty();
    try {
      return Optional.of(new Segment(from, to));
    } catch (CorpusException e) {
      throw fault(row.line(), e.getMessage());
    }
  }

  private double seconds(Header header, Row row, String name, String value) {
    // Spreadsheets that separate by semicolons write decimal commas.
    String number = header.separator() == ',' ? value : value.replace(',', '.');
    if (!SECONDS.matcher(number).matches()) {
      throw fault(
          row.line(),
          "the %s is '%s'; expected seconds from the file's beginning, for example 1.25"
              .formatted(name, value));
    }
    return Double.parseDouble(number);
  }

  private Part part(Row row, String split) {
    return switch (split.toLowerCase(Locale.ROOT)) {
      case "train", "training" -> Part.TRAIN;
      case "dev", "development", "val", "valid", "validation" -> Part.DEVELOPMENT;
      case "test", "testing" -> Part.TEST;
      default ->
          throw fault(
              row.line(),
              "the split is '%s'; expected train, dev (or validation) or test".formatted(split));
    };
  }

  private Path audio(Row row, String path) {
    try {
      Path audio = file.resolveSibling(path);
      // A manifest from Windows, unless a file's own name has the backslash.
      return path.indexOf('\\') < 0 || Files.exists(audio)
          ? audio
          : file.resolveSibling(path.replace('\\', '/'));
    } catch (InvalidPathException e) {
      throw new CorpusException(
          "%s line %d: '%s' is not a path: %s".formatted(file, row.line(), path, e.getReason()), e);
    }
  }

  private CorpusException fault(int line, @Nullable String what) {
    return new CorpusException("%s line %d: %s".formatted(file, line, what));
  }

  /** Decodes the file, without a byte order mark. */
  private String text() {
    byte[] bytes;
    try {
      if (Files.size(file) > LARGEST) {
        throw new CorpusException(
            "%s is %d bytes long; expected a list of at most %d bytes"
                .formatted(file, Files.size(file), LARGEST));
      }
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CorpusException("%s cannot be read: %s".formatted(file, e), e);
    }
    requireNotUtf16(bytes);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CharsetDecoder utf8 =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CoderResult result = utf8.decode(in, out, true);
    if (result.isError()) {
      throw fault(
          lineAt(bytes, in.position()),
          "byte 0x%02X is not UTF-8, probably Windows-1252 or Latin-1; save the file as UTF-8, for"
                  .formatted(bytes[in.position()])
              + " example with iconv -f WINDOWS-1252 -t UTF-8");
    }
    String text = out.flip().toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private void requireNotUtf16(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      boolean mark =
          i == 0
              && bytes.length > 1
              && ((bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE)
                  || (bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF));
      if (mark || bytes[i] == 0) {
        throw fault(
            lineAt(bytes, i),
            "the encoding is UTF-16, or the file is not text; save it as UTF-8, for example with"
                + " iconv -f UTF-16 -t UTF-8");
      }
    }
  }

  /** Counts the line that a byte is on, from 1. */
  private static int lineAt(byte[] bytes, int position) {
    int line = 1;
    for (int i = 0; i < position; i++) {
      line += bytes[i] == '\n' ? 1 : 0;
    }
    return line;
  }

  /** Finds the separator by which the header has the most columns with a meaning. */
  private static char separator(String text) {
    String header = text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
    char best = SEPARATORS.get(0);
    long most = 0;
    for (char separator : SEPARATORS) {
      long columns = 0;
      for (String name : header.split(Pattern.quote(String.valueOf(separator)), -1)) {
        String bare = name.strip().replaceAll("^\"|\"$", "").strip().toLowerCase(Locale.ROOT);
        columns += Column.named(bare) == null ? 0 : 1;
      }
      if (columns > most) {
        most = columns;
        best = separator;
      }
    }
    return best;
  }

  private List<Row> rows(String text, char separator) {
    List<Row> rows = new ArrayList<>();
    CsvSchema schema = CsvSchema.emptySchema().withColumnSeparator(separator);
    try (JsonParser parser = CSV.reader(schema).createParser(text)) {
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
    }
  }
}
