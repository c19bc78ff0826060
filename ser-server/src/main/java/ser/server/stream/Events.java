package ser.server.stream;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ser.api.WindowRecognition;
import ser.pipeline.recognition.JsonFields;
import ser.server.problem.ProblemException;

/** The events of a session, as JSON objects, each with a {@code type}. */
public final class Events {
  private final String model;
  private final List<String> labels;

  /**
   * Prepares the events of a model.
   *
   * @param model its name
   * @param labels the emotions it distinguishes
   */
  public Events(String model, List<String> labels) {
    this.model = model;
    this.labels = List.copyOf(labels);
  }

  /**
   * Returns the event at the beginning of a session.
   *
   * @param rate of the samples, in hertz
   * @param settings what is classified
   * @return {@code session.created}
   */
  public Map<String, Object> created(int rate, SessionSettings settings) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("type", "session.created");
    event.put("model", model);
    event.put("labels", labels);
    event.put("rate", rate);
    settings
        .windows()
        .ifPresent(
            windows -> {
              event.put("window", windows.windowSeconds());
              event.put("hop", windows.hopSeconds());
            });
    settings
        .segments()
        .ifPresent(
            segments -> {
              event.put("pause", segments.pauseSeconds());
              event.put("longest", segments.longestSeconds());
            });
    return event;
  }

  /**
   * Returns the event of a window.
   *
   * @param window its classification
   * @return {@code measurement}
   */
  public Map<String, Object> measurement(WindowRecognition window) {
    return result("measurement", window);
  }

  /**
   * Returns the event of a segment of speech.
   *
   * @param segment its classification
   * @return {@code segment}
   */
  public Map<String, Object> segment(WindowRecognition segment) {
    return result("segment", segment);
  }

  private static Map<String, Object> result(String type, WindowRecognition window) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("type", type);
    event.putAll(JsonFields.of(window));
    return event;
  }

  /**
   * Returns the event of a failure, which ends the session.
   *
   * @param problem what went wrong
   * @return {@code error}, with the problem details of RFC 9457
   */
  public Map<String, Object> error(ProblemException problem) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("type", "error");
    event.put("error", problem.problem().details(problem.detail()));
    return event;
  }

  /**
   * Returns the event at the end of a session that did not fail.
   *
   * @param seconds of audio
   * @param notes on it
   * @return {@code session.closed}
   */
  public Map<String, Object> closed(double seconds, List<String> notes) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("type", "session.closed");
    event.put("seconds", seconds);
    event.put("notes", notes);
    return event;
  }
}
