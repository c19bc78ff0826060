package ser.pipeline.metrics;

import java.util.List;

/** The squared error of a model's probabilities. */
public final class BrierScore {
  private BrierScore() {}

  /**
   * Computes the Brier score of several classes (Brier 1950, equation 2): the mean over clips of Σ
   * (p − y)² over all classes, where y is 1 for the clip's class and 0 for the others. It is not
   * halved: of two classes it is twice the score that is common for binary events.
   *
   * @param predictions the predictions of one model
   * @return from 0, certain and right, to 2, certain and wrong; 1 − 1/n for uniform probabilities
   *     over n classes; NaN when there is no prediction
   */
  public static double mean(List<Prediction> predictions) {
    double sum = 0;
    for (Prediction prediction : predictions) {
      for (int label = 0; label < prediction.probabilities().size(); label++) {
        double error =
            prediction.probabilities().get(label) - (label == prediction.truth() ? 1.0 : 0.0);
        sum += error * error;
      }
    }
    return sum / predictions.size();
  }
}
