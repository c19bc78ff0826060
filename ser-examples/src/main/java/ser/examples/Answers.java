package ser.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import ser.api.recognition.Outcome;
import ser.api.recognition.Recognition;

/** Gives the answers of {@code predict}: a table or JSON lines, and errors. */
final class Answers {
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;
  private final int nameWidth;
  private boolean headed;
  private boolean complete = true;

  Answers(CommandLine commandLine, boolean json, int nameWidth) {
    this.out = commandLine.getOut();
    this.err = commandLine.getErr();
    this.json = json;
    this.nameWidth = nameWidth;
  }

  /** Whether no file failed. */
  boolean complete() {
    return complete;
  }

  void give(Outcome outcome) {
    if (outcome instanceof Outcome.Recognized recognized) {
      if (json) {
        out.println(json(recognized));
      } else {
        row(recognized.file(), recognized.recognition());
      }
    } else if (outcome instanceof Outcome.Failed missed) {
      complete = false;
      String reason = String.valueOf(missed.reason().getMessage());
      err.println("ser: " + reason);
      if (json) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", missed.file().toString());
        fields.put("error", reason);
        out.println(Json.line(fields));
      }
    }
  }

  private static String json(Outcome.Recognized recognized) {
    Recognition recognition = recognized.recognition();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file", recognized.file().toString());
    fields.put("emotion", recognition.label());
    fields.put("probabilities", recognition.probabilities());
    fields.put("seconds", recognition.durationSeconds());
    return Json.line(fields);
  }

  private void row(Path file, Recognition recognition) {
    String name = "%-" + nameWidth + "s";
    if (!headed) {
      headed = true;
      out.printf(name + "  %-10s %5s  %7s  %s%n", "file", "emotion", "prob.", "seconds", "next");
    }
    List<Map.Entry<String, Double>> ranked =
        recognition.probabilities().entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .toList();
    out.printf(
        Locale.ROOT,
        name + "  %-10s %5.2f  %7.2f  %s %.2f%n",
        file,
        recognition.label(),
        ranked.get(0).getValue(),
        recognition.durationSeconds(),
        ranked.get(1).getKey(),
        ranked.get(1).getValue());
  }
}
