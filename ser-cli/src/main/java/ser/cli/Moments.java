package ser.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import picocli.CommandLine.Help.Ansi;
import ser.api.WindowRecognition;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvWriteFeature;

/** Writes a timeline, a line for each moment. */
interface Moments extends Consumer<WindowRecognition> {
  /** One JSON object a line; a silent moment has the emotion null and no probabilities. */
  static Moments json(PrintWriter out) {
    return moment -> {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("start", moment.startSeconds());
      fields.put("end", moment.endSeconds());
      fields.put("emotion", moment.label().orElse(null));
      fields.put("probabilities", moment.probabilities());
      out.println(Json.line(fields));
    };
  }

  /** Comma-separated values as {@link CsvRows} writes them; empty fields in silence. */
  static Moments csv(PrintWriter out, List<String> labels) {
    ObjectWriter csv =
        CsvMapper.builder()
            .enable(CsvWriteFeature.STRICT_CHECK_FOR_QUOTING)
            .build()
            .writerFor(List.class);
    List<Object> header = new ArrayList<>(List.of("start", "end", "emotion"));
    labels.forEach(label -> header.add("p_" + label));
    out.print(csv.writeValueAsString(header));
    return moment -> {
      List<Object> row = new ArrayList<>(List.of(moment.startSeconds(), moment.endSeconds()));
      row.add(moment.label().orElse(""));
      for (String label : labels) {
        row.add(Objects.requireNonNullElse(moment.probabilities().get(label), ""));
      }
      out.print(csv.writeValueAsString(row));
    };
  }

  /** A table with a bar for the probability of the emotion. */
  static Moments table(PrintWriter out, List<String> labels) {
    return new Table(out, labels, Progress.showsResults() && System.getenv("NO_COLOR") == null);
  }

  /** See {@link #table}. */
  final class Table implements Moments {
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
    public void accept(WindowRecognition moment) {
      if (!headed) {
        headed = true;
        out.println(row("start", "end", "emotion", "prob.", "", "next"));
      }
      List<Map.Entry<String, Double>> ranked =
          moment.probabilities().entrySet().stream()
              .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
              .toList();
      String start = time(moment.startSeconds());
      String end = time(moment.endSeconds());
      if (ranked.isEmpty()) {
        out.println(row(start, end, "(silence)", "", "", ""));
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
