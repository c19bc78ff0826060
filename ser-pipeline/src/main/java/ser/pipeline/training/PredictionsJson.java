package ser.pipeline.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import ser.api.SerException;
import ser.pipeline.json.FileFormat;
import ser.pipeline.json.StrictJson;
import ser.pipeline.metrics.Prediction;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON of {@code predictions.json}: the predictions on a fold's test clips. Version 1 had no
 * format and version.
 */
record PredictionsJson(
    String format,
    int version,
    int fold,
    List<String> labels,
    List<PredictionJson> predictions,
    double seconds) {
  static final FileFormat FORMAT = new FileFormat("speech-emotion-predictions", 2);

  /** Of a sum of probabilities in float32. */
  private static final double LARGEST_ROUNDING = 1e-3;

  record PredictionJson(String utterance, String speaker, int truth, List<Float> probabilities) {}

  static PredictionsJson of(FoldReport report) {
    return new PredictionsJson(
        FORMAT.name(),
        FORMAT.version(),
        report.fold(),
        report.labels(),
        report.predictions().stream()
            .map(
                prediction ->
                    new PredictionJson(
                        prediction.utterance(),
                        prediction.speaker(),
                        prediction.truth(),
                        prediction.probabilities()))
            .toList(),
        report.seconds());
  }

  /**
   * Reads a fold's predictions.
   *
   * @throws SerException when the file is damaged or of a newer version
   */
  static FoldReport read(Path file) {
    try {
      JsonNode json = JsonFile.MAPPER.readTree(file.toFile());
      if (!(json instanceof ObjectNode object)) {
        throw new IllegalArgumentException("it is not a JSON object");
      }
      FORMAT.versionOf(file, object);
      object.put(FileFormat.FORMAT, FORMAT.name());
      object.put(FileFormat.VERSION, FORMAT.version());
      return JsonFile.MAPPER.treeToValue(object, PredictionsJson.class).report();
    } catch (JacksonException e) {
      throw unreadable(file, StrictJson.reason(e), e);
    } catch (IllegalArgumentException e) { // values that do not fit
      throw unreadable(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static SerException unreadable(Path file, String reason, RuntimeException cause) {
    return new SerException(
        "%s: cannot be read (%s); delete it to test the fold again".formatted(file, reason), cause);
  }

  private FoldReport report() {
    if (labels.size() < 2 || Set.copyOf(labels).size() < labels.size()) {
      throw new IllegalArgumentException(
          "the labels are %s, expected two or more that differ".formatted(labels));
    }
    if (!(seconds >= 0 && Double.isFinite(seconds))) {
      throw new IllegalArgumentException("seconds is %s, expected 0 or more".formatted(seconds));
    }
    for (PredictionJson prediction : predictions) {
      if (prediction.probabilities.size() != labels.size()
          || prediction.truth < 0
          || prediction.truth >= labels.size()) {
        throw new IllegalArgumentException(
            "%s: truth %d and %d probabilities, where there are %d labels"
                .formatted(
                    prediction.utterance,
                    prediction.truth,
                    prediction.probabilities.size(),
                    labels.size()));
      }
      double sum = 0;
      for (float probability : prediction.probabilities) {
        if (!(probability >= 0 && probability <= 1)) {
          throw new IllegalArgumentException(
              "%s: a probability is %s, expected 0 to 1"
                  .formatted(prediction.utterance, probability));
        }
        sum += probability;
      }
      if (Math.abs(sum - 1) > LARGEST_ROUNDING) {
        throw new IllegalArgumentException(
            "%s: the sum of its probabilities is %s, expected 1"
                .formatted(prediction.utterance, sum));
      }
    }
    return new FoldReport(
        fold,
        labels,
        predictions.stream()
            .map(
                prediction ->
                    new Prediction(
                        prediction.utterance,
                        prediction.speaker,
                        prediction.truth,
                        prediction.probabilities))
            .toList(),
        seconds);
  }
}
