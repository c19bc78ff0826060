package ser.pipeline.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import ser.api.SerException;
import ser.pipeline.metrics.Prediction;
import tools.jackson.core.JacksonException;

/**
 * The JSON of {@code predictions.json}: the predictions on a fold's test clips. Version 1 had no
 * format and version.
 */
record PredictionsJson(
    @Nullable String format,
    @Nullable Integer version,
    int fold,
    List<String> labels,
    List<PredictionJson> predictions,
    double seconds) {
  static final FileFormat FORMAT = new FileFormat("speech-emotion-predictions", 2);

  PredictionsJson {
    Objects.requireNonNull(labels);
    Objects.requireNonNull(predictions);
  }

  record PredictionJson(String utterance, String speaker, int truth, List<Float> probabilities) {
    PredictionJson {
      Objects.requireNonNull(utterance);
      Objects.requireNonNull(speaker);
      Objects.requireNonNull(probabilities);
    }
  }

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
      FORMAT.versionOf(file, JsonFile.MAPPER.readTree(file.toFile()));
      PredictionsJson json = JsonFile.MAPPER.readValue(file.toFile(), PredictionsJson.class);
      if (json == null) {
        throw new IllegalArgumentException("null");
      }
      return json.report();
    } catch (JacksonException | IllegalArgumentException e) {
      throw new SerException(
          "%s: cannot be read; delete it to test the fold again".formatted(file), e);
    }
  }

  private FoldReport report() {
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
