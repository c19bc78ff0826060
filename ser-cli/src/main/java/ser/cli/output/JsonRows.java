package ser.cli.output;

import java.io.IOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.Map;
import ser.api.FileResult;
import ser.pipeline.recognition.JsonFields;

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
      fields.putAll(JsonFields.of(recognized.recognition()));
    } else if (result instanceof FileResult.Failed failed) {
      fields.put("error", ResultWriter.reason(failed));
    }
    out.write(JsonLines.line(fields) + "\n");
    out.flush();
  }

  @Override
  public void finish() {}
}
