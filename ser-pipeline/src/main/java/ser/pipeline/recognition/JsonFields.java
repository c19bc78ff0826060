package ser.pipeline.recognition;

import java.util.LinkedHashMap;
import java.util.Map;
import ser.api.Recognition;
import ser.api.WindowRecognition;

/** The fields of results as JSON objects have them, wherever they are written. */
public final class JsonFields {
  private JsonFields() {}

  /**
   * Returns the fields of the classification of a clip.
   *
   * @param recognition the classification
   * @return {@code emotion}, {@code probabilities} by label, {@code seconds}; {@code notes}, {@code
   *     doubts} and {@code embedding} where there are any
   */
  public static Map<String, Object> of(Recognition recognition) {
    Map<String, Object> fields = new LinkedHashMap<>();
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
    return fields;
  }

  /**
   * Returns the fields of the classification of a window or segment.
   *
   * @param window the classification
   * @return {@code start} and {@code end} in seconds, {@code emotion} (null without speech) and
   *     {@code probabilities} by label (none without speech)
   */
  public static Map<String, Object> of(WindowRecognition window) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("start", window.startSeconds());
    fields.put("end", window.endSeconds());
    fields.put("emotion", window.label().orElse(null));
    fields.put("probabilities", window.probabilities());
    return fields;
  }
}
