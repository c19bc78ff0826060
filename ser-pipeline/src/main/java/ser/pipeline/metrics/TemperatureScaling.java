package ser.pipeline.metrics;

import java.util.List;

/**
 * Temperature scaling (Guo et al. 2017, section 4.2): the logits are divided by one positive
 * number, which changes the confidence and never the predicted label.
 *
 * @param temperature above 1 lowers the confidence, below 1 raises it
 */
public record TemperatureScaling(double temperature) {
  private static final double HOTTEST = 100;
  private static final int HALVINGS = 60;

  /**
   * Checks the number.
   *
   * @throws IllegalArgumentException when the temperature is not finite and above 0
   */
  public TemperatureScaling {
    if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "temperature %s; expected a number above 0".formatted(temperature));
    }
  }

  /**
   * Finds the temperature at which the negative log-likelihood of predictions is least.
   *
   * @param predictions of clips that the model was not trained on, one or more
   * @return the temperature, from 0.01 to 100
   */
  public static TemperatureScaling fit(List<Prediction> predictions) {
    // The likelihood is concave in 1/T, and its slope falls: the root is found by bisection.
    double low = 1 / HOTTEST;
    double high = HOTTEST;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = Math.sqrt(low * high);
      if (slope(predictions, middle) > 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return new TemperatureScaling(1 / Math.sqrt(low * high));
  }

  /** The derivative of the log-likelihood by the inverse temperature: Σ (z_truth − E[z]). */
  private static double slope(List<Prediction> predictions, double inverse) {
    double sum = 0;
    for (Prediction prediction : predictions) {
      double[] logits = Logits.of(prediction);
      double[] scaled = softmax(logits, inverse);
      sum += logits[prediction.truth()];
      for (int label = 0; label < logits.length; label++) {
        sum -= scaled[label] * logits[label];
      }
    }
    return sum;
  }

  /**
   * Scales a prediction.
   *
   * @param prediction at temperature 1
   * @return the prediction at this temperature
   */
  public Prediction apply(Prediction prediction) {
    double[] scaled = softmax(Logits.of(prediction), 1 / temperature);
    float[] probabilities = new float[scaled.length];
    for (int label = 0; label < scaled.length; label++) {
      probabilities[label] = (float) scaled[label];
    }
    return Prediction.of(
        prediction.utterance(), prediction.speaker(), prediction.truth(), probabilities);
  }

  private static double[] softmax(double[] logits, double inverse) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      largest = Math.max(largest, logit);
    }
    double[] result = new double[logits.length];
    double sum = 0;
    for (int label = 0; label < logits.length; label++) {
      result[label] = Math.exp(inverse * (logits[label] - largest));
      sum += result[label];
    }
    for (int label = 0; label < logits.length; label++) {
      result[label] /= sum;
    }
    return result;
  }
}
