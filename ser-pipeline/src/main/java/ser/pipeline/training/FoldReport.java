package ser.pipeline.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ser.pipeline.metrics.Calibration;
import ser.pipeline.metrics.ConfusionMatrix;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.metrics.SpeakerBootstrap;

/**
 * What a model does on the speakers held out.
 *
 * @param fold which fold, from 1
 * @param labels the emotions
 * @param predictions each test clip's
 * @param seconds how long training took; 0 when it was not timed
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
   * @return rows are what was spoken, columns what was heard
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
    metrics.put("ECE", Calibration.expectedError(predictions));
    SpeakerBootstrap.unweightedAccuracy(labels, predictions, 1)
        .ifPresent(
            interval -> {
              metrics.put("UA 95% low", interval.low());
              metrics.put("UA 95% high", interval.high());
            });
    return metrics;
  }
}
