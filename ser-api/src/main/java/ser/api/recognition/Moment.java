package ser.api.recognition;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a model hears in one window of a stream.
 *
 * <p>A window whose samples all stay below −80 dB of full scale holds no speech: it has neither a
 * label nor probabilities, so that a timeline has no holes and no made-up answers.
 *
 * @param startSeconds where the window begins, counted from the stream's first sample
 * @param endSeconds where it ends
 * @param label the most probable emotion; empty in silence
 * @param probabilities the probability of each emotion, in the model's order, summing to 1; empty
 *     in silence
 */
public record Moment(
    double startSeconds,
    double endSeconds,
    Optional<String> label,
    Map<String, Double> probabilities) {
  /** Copies the probabilities; their order stays. */
  public Moment {
    probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
  }

  /**
   * @param startSeconds where the window begins
   * @param endSeconds where it ends
   * @return a window without speech
   */
  public static Moment silent(double startSeconds, double endSeconds) {
    return new Moment(startSeconds, endSeconds, Optional.empty(), Map.of());
  }
}
