package ser.cli.commands;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import ser.api.Recognition;

/**
 * The largest differences between two backends on the same clips.
 *
 * @param ofProbabilities the largest difference of a probability
 * @param ofAttention the largest difference of the attention that a step received
 */
record RecognitionDifference(double ofProbabilities, double ofAttention) {
  /** Compares recognitions clip by clip. */
  static RecognitionDifference between(List<Recognition> one, List<Recognition> other) {
    double probabilities = 0;
    double attention = 0;
    for (int clip = 0; clip < one.size(); clip++) {
      Recognition a = one.get(clip);
      Recognition b = other.get(clip);
      for (Map.Entry<String, Double> probability : a.probabilities().entrySet()) {
        double there = b.probabilities().getOrDefault(probability.getKey(), Double.NaN);
        probabilities = larger(probabilities, probability.getValue() - there);
      }
      if (a.attention().size() != b.attention().size()) {
        return new RecognitionDifference(probabilities, Double.NaN);
      }
      for (int step = 0; step < a.attention().size(); step++) {
        attention = larger(attention, a.attention().get(step) - b.attention().get(step));
      }
    }
    return new RecognitionDifference(probabilities, attention);
  }

  /** NaN stays. */
  private static double larger(double largest, double difference) {
    return Math.max(largest, Math.abs(difference));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "probabilities differ by at most %.1e, attention per step by at most %.1e",
        ofProbabilities,
        ofAttention);
  }
}
