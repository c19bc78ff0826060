package ser.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Part of a report.
 *
 * @param title what is compared
 * @param header the columns' names; the first column names the rows
 * @param rows each as wide as the header
 * @param notes what a reader of the figures must know, a sentence each
 */
record Table(String title, List<String> header, List<List<String>> rows, List<String> notes) {

  Table {
    for (List<String> row : rows) {
      if (row.size() != header.size()) {
        throw new IllegalArgumentException("row %s does not fit header %s".formatted(row, header));
      }
    }
  }

  /** Collects rows. */
  static final class Builder {
    private final String title;
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private Builder(String title, List<String> header) {
      this.title = title;
      this.header = header;
    }

    Builder row(String... cells) {
      rows.add(List.of(cells));
      return this;
    }

    Builder note(String sentence) {
      notes.add(sentence);
      return this;
    }

    Table build() {
      return new Table(title, header, List.copyOf(rows), List.copyOf(notes));
    }
  }

  static Builder titled(String title, String... header) {
    return new Builder(title, List.of(header));
  }

  /** Three significant digits, so that no figure looks more exact than it is. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return "–";
    }
    if (value == 0) {
      return "0";
    }
    int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(Math.abs(value))));
    return String.format(Locale.ROOT, "%,." + Math.min(decimals, 4) + "f", value);
  }

  static String ratio(double value) {
    return number(value) + "×";
  }

  /** As Markdown whose columns line up, so that it reads well in a terminal, too. */
  String markdown() {
    List<Integer> widths =
        IntStream.range(0, header.size())
            .mapToObj(
                column ->
                    Math.max(
                        header.get(column).length(),
                        rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0)))
            .toList();
    StringBuilder text = new StringBuilder("### ").append(title).append("\n\n");
    text.append(line(header, widths));
    text.append(
        IntStream.range(0, header.size())
            .mapToObj(
                column ->
                    column == 0
                        ? "-".repeat(widths.get(column))
                        : "-".repeat(Math.max(1, widths.get(column) - 1)) + ":")
            .collect(Collectors.joining(" | ", "| ", " |\n")));
    rows.forEach(row -> text.append(line(row, widths)));
    for (String note : notes) {
      text.append('\n').append(note).append('\n');
    }
    return text.toString();
  }

  private static String line(List<String> cells, List<Integer> widths) {
    return IntStream.range(0, cells.size())
        .mapToObj(
            column -> {
              String cell = cells.get(column);
              String space = " ".repeat(widths.get(column) - cell.length());
              return column == 0 ? cell + space : space + cell;
            })
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
