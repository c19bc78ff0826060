package ser.cli.output;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import picocli.CommandLine.Help.Ansi;
import ser.api.WindowRecognition;
import ser.pipeline.recognition.JsonFields;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvWriteFeature;

/** Writes a timeline, a line for each window. */
public interface WindowPrinter extends Consumer<WindowRecognition> {
  /**
   * Returns a printer of JSON Lines: start, end, emotion (null without speech), probabilities.
   *
   * @param out where they go
   * @return the printer
   */
  static WindowPrinter json(PrintWriter out) {
    return window -> out.println(JsonLines.line(JsonFields.of(window)));
  }

  /**
   * Prints a header and returns a printer of comma-separated values as {@link CsvRows} writes them;
   * without speech, fields are empty.
   *
   * @param out where they go
   * @param labels the model's labels, in its order
   * @return the printer
   */
  static WindowPrinter csv(PrintWriter out, List<String> labels) {
    ObjectWriter csv =
        CsvMapper.builder()
            .enable(CsvWriteFeature.STRICT_CHECK_FOR_QUOTING)
            .build()
            .writerFor(List.class);
    List<Object> header = new ArrayList<>(List.of("start", "end", "emotion"));
    labels.forEach(label -> header.add("p_" + label));
    out.print(csv.writeValueAsString(header));
    return window -> {
      List<Object> row = new ArrayList<>(List.of(window.startSeconds(), window.endSeconds()));
      row.add(window.label().orElse(""));
      for (String label : labels) {
        row.add(Objects.requireNonNullElse(window.probabilities().get(label), ""));
      }
      out.print(csv.writeValueAsString(row));
    };
  }

  /**
   * Returns a printer of a table with a bar for the probability of the emotion.
   *
   * @param out where it goes
   * @param labels the model's labels, in its order
   * @return the printer
   */
  static WindowPrinter table(PrintWriter out, List<String> labels) {
    return new Table(out, labels, Progress.resultsAreShown() && System.getenv("NO_COLOR") == null);
  }

  /** The printer of {@link #table}. */
  final class Table implements WindowPrinter {
    private static final List<String> COLOURS =
        List.of("white", "cyan", "yellow", "blue", "red", "magenta", "green");

    private static final String EIGHTHS = " ▏▎▍▌▋▊▉█";
    private static final int BAR = 12;

    private final PrintWriter out;
    private final List<String> labels;
    private final int width;
    private final boolean coloured;
    private boolean headed;

    Table(PrintWriter out, List<String> labels, boolean coloured) {
      this.out = out;
      this.labels = labels;
      this.width = labels.stream().mapToInt(String::length).max().orElse(0);
      this.coloured = coloured;
    }

    @Override
    public void accept(WindowRecognition window) {
      if (!headed) {
        headed = true;
        out.println(row("start", "end", "emotion", "prob.", "", "next"));
      }
      List<Map.Entry<String, Double>> ranked =
          window.probabilities().entrySet().stream()
              .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
              .toList();
      String start = time(window.startSeconds());
      String end = time(window.endSeconds());
      if (ranked.isEmpty()) {
        out.println(row(start, end, "(no speech)", "", "", ""));
        return;
      }
      double probability = ranked.get(0).getValue();
      Map.Entry<String, Double> next = ranked.get(1);
      out.println(
          coloured(
              labels.indexOf(ranked.get(0).getKey()),
              row(
                  start,
                  end,
                  ranked.get(0).getKey(),
                  String.format(Locale.ROOT, "%.2f", probability),
                  bar(probability),
                  String.format(Locale.ROOT, "%s %.2f", next.getKey(), next.getValue()))));
    }

    private String row(
        String start, String end, String emotion, String probability, String bar, String next) {
      String format = "%%11s %%11s  %%-%ds %%5s  %%-%ds  %%s".formatted(Math.max(9, width), BAR);
      return String.format(format, start, end, emotion, probability, bar, next).stripTrailing();
    }

    private String coloured(int label, String row) {
      String colour = COLOURS.get(Math.floorMod(label, COLOURS.size()));
      return coloured ? Ansi.ON.string("@|%s %s|@".formatted(colour, row)) : row;
    }

    /** Hours, minutes and seconds, such as 1:02:03.50. */
    private static String time(double seconds) {
      long hundredths = Math.round(seconds * 100);
      return String.format(
          Locale.ROOT,
          "%d:%02d:%02d.%02d",
          hundredths / 360_000,
          hundredths / 6_000 % 60,
          hundredths / 100 % 60,
          hundredths % 100);
    }

    private static String bar(double probability) {
      int eighths = (int) Math.round(probability * BAR * 8);
      String full = EIGHTHS.substring(8).repeat(eighths / 8);
      return eighths % 8 == 0 ? full : full + EIGHTHS.charAt(eighths % 8);
    }
  }
}
