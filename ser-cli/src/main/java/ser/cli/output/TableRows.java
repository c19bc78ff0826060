package ser.cli.output;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import ser.api.FileResult;
import ser.api.Recognition;

/** A table for people; files that failed are not in it. */
public final class TableRows implements ResultRows {
  private final PrintWriter out;
  private final String name;
  private boolean headed;

  /**
   * Makes a writer of rows.
   *
   * @param out where they go
   * @param nameWidth the characters of the column with the files' names
   */
  public TableRows(PrintWriter out, int nameWidth) {
    this.out = out;
    this.name = "%-" + nameWidth + "s";
  }

  @Override
  public void add(FileResult result) {
    if (!(result instanceof FileResult.Recognized recognized)) {
      return;
    }
    if (!headed) {
      headed = true;
      out.printf(name + "  %-10s %5s  %7s  %s%n", "file", "emotion", "prob.", "seconds", "next");
    }
    Recognition recognition = recognized.recognition();
    List<Map.Entry<String, Double>> ranked =
        recognition.probabilities().entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .toList();
    out.printf(
        Locale.ROOT,
        name + "  %-10s %5.2f  %7.2f  %s %.2f%s%n",
        ControlCharacters.escape(ResultWriter.name(recognized)),
        recognition.label(),
        ranked.get(0).getValue(),
        recognition.durationSeconds(),
        ranked.get(1).getKey(),
        ranked.get(1).getValue(),
        recognition.isSure() ? "" : "  unsure");
  }

  @Override
  public void finish() {}
}
