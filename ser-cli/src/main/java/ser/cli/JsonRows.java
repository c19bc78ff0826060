package ser.cli;

import java.io.IOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.Map;
import ser.api.FileResult;
import ser.api.Recognition;

/** One JSON object a line. */
final class JsonRows implements Rows {
  private final Writer out;

  JsonRows(Writer out) {
    this.out = out;
  }

  @Override
  public void add(FileResult outcome) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file", outcome.file().toString());
    if (outcome instanceof FileResult.Recognized recognized) {
      Recognition recognition = recognized.recognition();
      fields.put("emotion", recognition.label());
      fields.put("probabilities", recognition.probabilities());
      fields.put("seconds", recognition.durationSeconds());
    } else if (outcome instanceof FileResult.Failed failed) {
      fields.put("error", Answers.reason(failed));
    }
    out.write(Json.line(fields) + "\n");
    out.flush();
  }

  @Override
  public void finish() {}
}
