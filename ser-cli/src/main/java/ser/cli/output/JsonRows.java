package ser.cli.output;

import java.io.IOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.Map;
import ser.api.FileResult;
import ser.api.Recognition;

/** One JSON object a line. */
public final class JsonRows implements ResultRows {
  private final Writer out;

  /**
   * Makes a writer of rows.
   *
   * @param out where they go
   */
  public JsonRows(Writer out) {
    this.out = out;
  }

  @Override
  public void add(FileResult result) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file", result.file().toString());
    if (result.channel().isPresent()) {
      fields.put("channel", result.channel().getAsInt());
    }
    if (result instanceof FileResult.Recognized recognized) {
      Recognition recognition = recognized.recognition();
      fields.put("emotion", recognition.label());
      fields.put("probabilities", recognition.probabilities());
      fields.put("seconds", recognition.durationSeconds());
      if (!recognition.notes().isEmpty()) {
        fields.put("notes", recognition.notes());
      }
      if (!recognition.isSure()) {
        fields.put("doubts", recognition.doubts());
      }
      if (!recognition.embedding().isEmpty()) {
        fields.put("embedding", recognition.embedding());
      }
    } else if (result instanceof FileResult.Failed failed) {
      fields.put("error", ResultWriter.reason(failed));
    }
    out.write(JsonLines.line(fields) + "\n");
    out.flush();
  }

  @Override
  public void finish() {}
}
