package ser.pipeline.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ser.pipeline.metrics.CalibrationError;
import ser.pipeline.metrics.ConfusionMatrix;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.metrics.SpeakerBootstrap;

/**
 * The results of a model on the test speakers of a fold.
 *
 * @param fold the fold's number, from 1
 * @param labels the emotions
 * @param predictions each test clip's
 * @param seconds duration of the training; 0 when it was not timed
 */
public record FoldReport(
    int fold, List<String> labels, List<Prediction> predictions, double seconds) {
  /** Copies the lists. */
  public FoldReport {
    labels = List.copyOf(labels);
    predictions = List.copyOf(predictions);
  }

  /**
   * Counts the predictions.
   *
   * @return rows are the true classes, columns the predicted
   */
  public ConfusionMatrix confusion() {
    return ConfusionMatrix.of(labels, predictions);
  }

  /**
   * Sums the results up.
   *
   * @return UA, WA, macro-F1, calibration error and, with two speakers or more, UA's 95 % interval
   */
  public Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    ConfusionMatrix confusion = confusion();
    metrics.put("UA", confusion.unweightedAccuracy());
    metrics.put("WA", confusion.weightedAccuracy());
    metrics.put("macro-F1", confusion.macroF1());
    metrics.put("ECE", CalibrationError.expected(predictions));
    SpeakerBootstrap.unweightedAccuracy(labels, predictions, 1)
        .ifPresent(
            interval -> {
              metrics.put("UA 95% low", interval.low());
              metrics.put("UA 95% high", interval.high());
            });
    return metrics;
  }
}
