package ser.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The classification of one window, or one segment of speech, of a stream or file.
 *
 * <p>A window without speech is silent: it has no probabilities and no label. Its samples all stay
 * below −80 dB of full scale, or the model has a voice activity detector, which finds less than a
 * third of the window and less than 0.5 s of it to be speech.
 *
 * @param startSeconds where the window begins, in seconds from the first sample of the stream
 * @param endSeconds where it ends
 * @param probabilities the probability of each emotion, in the model's order, summing to 1; empty
 *     when silent
 */
public record WindowRecognition(
    double startSeconds, double endSeconds, Map<String, Double> probabilities) {
  /** Copies the probabilities; their order stays. */
  public WindowRecognition {
    Objects.requireNonNull(probabilities, "probabilities");
    probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
  }

  /**
   * Returns a silent window.
   *
   * @param startSeconds where the window begins
   * @param endSeconds where it ends
   * @return a window without probabilities
   */
  public static WindowRecognition silent(double startSeconds, double endSeconds) {
    return new WindowRecognition(startSeconds, endSeconds, Map.of());
  }

  /** {@return whether the window holds no speech} */
  public boolean isSilent() {
    return probabilities.isEmpty();
  }

  /** {@return the probability of the most probable emotion; empty when silent} */
  public OptionalDouble confidence() {
    return probabilities.values().stream().mapToDouble(Double::doubleValue).max();
  }

  /** {@return the most probable emotion, the first of equals; empty when silent} */
  public Optional<String> label() {
    return mostProbable(probabilities);
  }

  /**
   * Returns the probability of an emotion.
   *
   * @param label one of the model's labels
   * @return its probability, from 0 to 1; 0 when silent
   * @throws SerException when the model has no such label
   */
  public double probability(String label) {
    Objects.requireNonNull(label, "label");
    return isSilent() ? 0 : probability(probabilities, label);
  }

  static double probability(Map<String, Double> probabilities, String label) {
    Double probability = probabilities.get(label);
    if (probability == null) {
      throw new SerException(
          "There is no label '%s'; the model has %s".formatted(label, probabilities.keySet()));
    }
    return probability;
  }

  static Optional<String> mostProbable(Map<String, Double> probabilities) {
    String best = null;
    double highest = Double.NEGATIVE_INFINITY;
    for (Map.Entry<String, Double> entry : probabilities.entrySet()) {
      if (best == null || entry.getValue() > highest) {
        best = entry.getKey();
        highest = entry.getValue();
      }
    }
    return Optional.ofNullable(best);
  }
}
