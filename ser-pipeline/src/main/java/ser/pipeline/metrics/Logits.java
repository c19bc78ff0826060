package ser.pipeline.metrics;

import java.util.Arrays;

/** Logits of probabilities, which are known but for a constant. */
public final class Logits {
  private Logits() {}

  /**
   * Returns the logits whose mean is 0.
   *
   * @param probabilities one for each label; one that rounded to 0 counts as the smallest normal
   *     float
   * @return a logit for each
   */
  public static double[] of(double[] probabilities) {
    double[] logits =
        Arrays.stream(probabilities)
            .map(probability -> Math.log(Math.max(probability, Float.MIN_NORMAL)))
            .toArray();
    double mean = Arrays.stream(logits).average().orElse(0);
    return Arrays.stream(logits).map(logit -> logit - mean).toArray();
  }

  /**
   * Returns the logits of a prediction, whose mean is 0.
   *
   * @param prediction on a clip
   * @return a logit for each label
   */
  public static double[] of(Prediction prediction) {
    return of(prediction.probabilities().stream().mapToDouble(Float::doubleValue).toArray());
  }
}
