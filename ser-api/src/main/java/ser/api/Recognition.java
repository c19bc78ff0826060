package ser.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The classification of a clip.
 *
 * @param label the most probable emotion
 * @param probabilities the probability of each emotion, in the model's order; they sum to 1
 * @param attention the attention received by each time step, the mean over heads and over the
 *     queries; sums to 1 over the clip (over each window of a clip long enough to be cut); empty
 *     without {@link RecognizerOptions#attention}
 * @param stepSeconds the duration of one time step
 * @param durationSeconds the duration of the clip
 * @param notes repairs and choices that were made in reading and that the caller may want to know,
 *     a sentence each: sizes in the header that do not fit, silent channels, channels that cancel,
 *     a sample rate below the model's; usually empty
 * @param doubts why the label should not be relied on, a sentence each: its probability is below
 *     the threshold of the model's calibration, the clip is unlike the training clips in duration,
 *     level, bandwidth or noise, or a voice activity detector finds no speech in it; usually empty,
 *     always for a model that knows of none of these
 * @param embedding the input of the model's last linear layer, {@link
 *     EmotionRecognizer#embeddingSize} numbers: for clustering, search and classifiers of other
 *     labels; the mean over windows, weighted by length, of a clip long enough to be cut; empty
 *     without {@link RecognizerOptions#embedding}
 */
public record Recognition(
    String label,
    Map<String, Double> probabilities,
    List<Double> attention,
    double stepSeconds,
    double durationSeconds,
    List<String> notes,
    List<String> doubts,
    List<Float> embedding) {
  /** Copies the collections; the order of the probabilities stays. */
  public Recognition {
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(probabilities, "probabilities");
    Objects.requireNonNull(attention, "attention");
    Objects.requireNonNull(notes, "notes");
    Objects.requireNonNull(doubts, "doubts");
    Objects.requireNonNull(embedding, "embedding");
    probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
    attention = List.copyOf(attention);
    notes = List.copyOf(notes);
    doubts = List.copyOf(doubts);
    embedding = List.copyOf(embedding);
  }

  /** {@return whether nothing speaks against the label: there are no {@link #doubts}} */
  public boolean isSure() {
    return doubts.isEmpty();
  }

  /**
   * Returns the probability of an emotion.
   *
   * @param label one of the model's labels
   * @return its probability, from 0 to 1
   * @throws SerException when the model has no such label
   */
  public double probability(String label) {
    Objects.requireNonNull(label, "label");
    return WindowRecognition.probability(probabilities, label);
  }
}
