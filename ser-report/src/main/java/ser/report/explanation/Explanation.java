package ser.report.explanation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ser.api.WindowRecognition;
import ser.pipeline.alignment.TracedFile;

/**
 * A model's classification of a file, with its attentions.
 *
 * @param model the model's name
 * @param architecture the variant of its attention, or its architecture
 * @param probabilities of the whole file by label, in the model's order
 * @param traced the attentions
 * @param timeline the windows of a file too long for one; empty for a short one
 * @param notes sentences that the answer must be read with, besides those on the file
 */
public record Explanation(
    String model,
    String architecture,
    Map<String, Double> probabilities,
    TracedFile traced,
    List<WindowRecognition> timeline,
    List<String> notes) {
  /** Copies the collections. */
  public Explanation {
    probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
    timeline = List.copyOf(timeline);
    notes = List.copyOf(notes);
  }

  /**
   * Returns this explanation with notes.
   *
   * @param newNotes sentences that the answer must be read with
   * @return the changed explanation
   */
  public Explanation withNotes(List<String> newNotes) {
    return new Explanation(model, architecture, probabilities, traced, timeline, newNotes);
  }

  /** {@return the most probable label, the first of equals} */
  public String label() {
    return probabilities.entrySet().stream()
        .reduce((a, b) -> b.getValue() > a.getValue() ? b : a)
        .orElseThrow()
        .getKey();
  }
}
