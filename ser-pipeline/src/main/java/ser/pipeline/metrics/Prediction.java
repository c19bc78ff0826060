package ser.pipeline.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * A model's prediction on one clip.
 *
 * @param utterance the clip's id
 * @param speaker who speaks
 * @param truth the index of the clip's label
 * @param probabilities one for each label, in label order, adding up to 1
 */
public record Prediction(String utterance, String speaker, int truth, List<Float> probabilities) {

  /**
   * Copies the probabilities.
   *
   * @throws IllegalArgumentException when {@code truth} is not the index of a probability
   */
  public Prediction {
    probabilities = List.copyOf(probabilities);
    if (truth < 0 || truth >= probabilities.size()) {
      throw new IllegalArgumentException(
          "label index %d with %d probabilities; expected one for each label"
              .formatted(truth, probabilities.size()));
    }
  }

  /**
   * Makes a prediction from a row of a model's output.
   *
   * @param utterance the clip's id
   * @param speaker who speaks
   * @param truth the index of the clip's label
   * @param probabilities one for each label, in label order, adding up to 1
   * @return the prediction
   */
  public static Prediction of(String utterance, String speaker, int truth, float[] probabilities) {
    List<Float> boxed = new ArrayList<>();
    for (float probability : probabilities) {
      boxed.add(probability);
    }
    return new Prediction(utterance, speaker, truth, boxed);
  }

  /**
   * Restricts the prediction to some of the labels and renormalises their probabilities to a sum of
   * 1.
   *
   * @param kept the indices of the labels that are kept, the clip's own among them
   * @return the prediction; its labels are numbered in the order of {@code kept}. Where all kept
   *     probabilities are 0, they become equal
   * @throws IllegalArgumentException when the clip's label is not kept
   */
  public Prediction among(List<Integer> kept) {
    double sum = kept.stream().mapToDouble(probabilities::get).sum();
    List<Float> renormalized =
        kept.stream()
            .map(label -> sum > 0 ? (float) (probabilities.get(label) / sum) : 1f / kept.size())
            .toList();
    return new Prediction(utterance, speaker, kept.indexOf(truth), renormalized);
  }

  /** {@return the index of the most probable label; of the first of several} */
  public int predicted() {
    int best = 0;
    for (int i = 1; i < probabilities.size(); i++) {
      if (probabilities.get(i) > probabilities.get(best)) {
        best = i;
      }
    }
    return best;
  }

  /** {@return the probability of the label that was predicted} */
  public float confidence() {
    return probabilities.get(predicted());
  }
}
