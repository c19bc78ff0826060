package ser.pipeline.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import ser.pipeline.metrics.BrierScore;
import ser.pipeline.metrics.CalibrationError;
import ser.pipeline.metrics.ConfusionMatrix;
import ser.pipeline.metrics.Interval;
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
  static final String LOW = " 95% low";
  static final String HIGH = " 95% high";
  static final long BOOTSTRAP_SEED = 1;

  /** The measures with an interval over speakers. */
  private static final Map<String, ToDoubleFunction<ConfusionMatrix>> MEASURES = measures();

  private static Map<String, ToDoubleFunction<ConfusionMatrix>> measures() {
    Map<String, ToDoubleFunction<ConfusionMatrix>> measures = new LinkedHashMap<>();
    measures.put("UA", ConfusionMatrix::unweightedAccuracy);
    measures.put("WA", ConfusionMatrix::weightedAccuracy);
    measures.put("macro-F1", ConfusionMatrix::macroF1);
    return Collections.unmodifiableMap(measures);
  }

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
   * @return UA, WA, macro-F1, ECE and the Brier score, and, with two speakers or more, the ends of
   *     the 95 % intervals of the first three, for example {@code "UA 95% low"}
   */
  public Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    ConfusionMatrix confusion = confusion();
    MEASURES.forEach((name, measure) -> metrics.put(name, measure.applyAsDouble(confusion)));
    metrics.put("ECE", CalibrationError.expected(predictions));
    metrics.put("Brier", BrierScore.mean(predictions));
    SpeakerBootstrap.of(labels, predictions, BOOTSTRAP_SEED)
        .ifPresent(
            draws ->
                MEASURES.forEach(
                    (name, measure) -> {
                      Interval interval = draws.interval(measure);
                      metrics.put(name + LOW, interval.low());
                      metrics.put(name + HIGH, interval.high());
                    }));
    return metrics;
  }

  /**
   * Looks the interval of a measure up.
   *
   * @param metrics as {@link #metrics()} gives them
   * @param measure {@code UA}, {@code WA} or {@code macro-F1}
   * @return the 95 % interval over speakers; empty with fewer than two speakers
   */
  public static Optional<Interval> interval(Map<String, Double> metrics, String measure) {
    Double low = metrics.get(measure + LOW);
    Double high = metrics.get(measure + HIGH);
    return low == null || high == null ? Optional.empty() : Optional.of(new Interval(low, high));
  }
}
