package ser.pipeline.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import ser.api.SerException;
import ser.attention.Encoder;
import ser.pipeline.corpus.LabelMap;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.metrics.CalibrationError;
import ser.pipeline.metrics.ConfidenceThreshold;
import ser.pipeline.metrics.Logits;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.metrics.TemperatureScaling;
import ser.pipeline.modelpackage.Calibration;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;

/**
 * The calibration of a model's confidence by temperature scaling, and the threshold from which an
 * answer is trusted. Both come from the predictions of runs of the same recipe, each on speakers
 * that its fold was not trained on.
 *
 * @param model the calibrated model
 * @param heldOut what to expect of it
 */
public record ModelCalibration(ModelPackage model, HeldOut heldOut) {
  private static final long SEED = 1;

  /**
   * Each fold's predictions, calibrated on the other folds.
   *
   * @param errorBefore expected calibration error without calibration
   * @param errorAfter expected calibration error with it
   * @param coverage the share of clips whose answer is trusted
   * @param risk the share of wrong answers among them; NaN when there is none
   */
  public record HeldOut(double errorBefore, double errorAfter, double coverage, double risk) {}

  /**
   * Calibrates a model.
   *
   * @param model not calibrated yet
   * @param runs one or more run folders of its recipe, two folds or more in all
   * @param risk the largest share of wrong answers among those that are trusted, above 0 and below
   *     1
   * @return the calibrated model and what to expect of it
   * @throws SerException when the model is calibrated, a run cannot be read, is of another recipe
   *     or given twice, or fewer than two folds are left without the model's own test speakers
   */
  public static ModelCalibration of(ModelPackage model, List<Path> runs, double risk) {
    ModelDescription description = model.description();
    if (!description.calibration().equals(Calibration.none())) {
      throw new SerException(
          "The model is calibrated, by a temperature of %.3f; expected a model as it was trained"
              .formatted(description.calibration().temperature()));
    }
    List<List<Prediction>> folds = new ArrayList<>();
    for (Path run : runs) {
      for (List<Prediction> fold : folds(description, RunResults.read(run))) {
        if (folds.contains(fold)) {
          throw new SerException(
              "%s: has predictions that another of the runs has, too; expected different runs"
                  .formatted(run));
        }
        folds.add(fold);
      }
    }
    if (folds.size() < 2) {
      throw new SerException(
          "The runs have %d of the folds that may calibrate the model, those without its own test speakers; expected two or more"
              .formatted(folds.size()));
    }
    Fit fit = Fit.of(joined(folds), risk);
    return new ModelCalibration(
        new ModelPackage(
            description.withCalibration(
                fit.calibration(joined(folds), risk, LabelMap.neutral(description.labels()))),
            Encoder.withDividedLogits(model.weights(), fit.scaling.temperature())),
        heldOut(folds, risk));
  }

  /**
   * Writes the calibrated model.
   *
   * @param folder of its package
   * @throws SerException when it cannot be written
   */
  public void write(Path folder) {
    ModelDescription description = model.description();
    ModelPackage.write(folder, description, model.weights(), ModelCard.of(description));
  }

  /** The predictions of each fold that does not test the model's own test speakers. */
  private static List<List<Prediction>> folds(ModelDescription model, RunResults run) {
    requireSameRecipe(model, run);
    Set<String> tested = new HashSet<>();
    model
        .training()
        .testSpeakers()
        .forEach(
            (corpus, speakers) ->
                speakers.forEach(
                    speaker ->
                        tested.add(
                            corpus.equals(run.corpus())
                                ? speaker
                                : Utterance.qualifiedSpeaker(corpus, speaker))));
    boolean same = model.training().corpus().equals(run.corpus());
    return run.folds().stream()
        .map(FoldReport::predictions)
        .filter(clips -> !same || clips.stream().noneMatch(clip -> tested.contains(clip.speaker())))
        .toList();
  }

  private static void requireSameRecipe(ModelDescription model, RunResults run) {
    boolean labels = run.folds().stream().allMatch(fold -> fold.labels().equals(model.labels()));
    if (!labels
        || !run.settings().encoderFor(model.labels().size()).equals(model.encoder())
        || !run.settings().features().equals(model.features())
        || run.settings().trim() != model.trim()) {
      throw new SerException(
          "%s: its models have other labels, another encoder or other features than the model; expected a run of the model's recipe"
              .formatted(run.folder()));
    }
    // A model that was trained before a setting was added does not have it.
    RecipeJson.TrainingJson.of(run.settings().training())
        .toMap()
        .forEach(
            (name, found) -> {
              Object own = model.training().recipe().getOrDefault(name, found);
              if (!String.valueOf(own).equals(String.valueOf(found))) {
                throw new SerException(
                    "%s: was trained with %s %s, the model with %s; expected a run of the model's recipe"
                        .formatted(run.folder(), name, found, own));
              }
            });
  }

  private static HeldOut heldOut(List<List<Prediction>> folds, double risk) {
    List<Prediction> scaled = new ArrayList<>();
    int trusted = 0;
    int wrong = 0;
    for (List<Prediction> fold : folds) {
      Fit others = Fit.of(joined(folds.stream().filter(other -> other != fold).toList()), risk);
      for (Prediction clip : fold) {
        Prediction own = others.scaling.apply(clip);
        scaled.add(own);
        if (own.confidence() >= others.confidence()) {
          trusted++;
          wrong += own.predicted() == own.truth() ? 0 : 1;
        }
      }
    }
    return new HeldOut(
        CalibrationError.expected(joined(folds)),
        CalibrationError.expected(scaled),
        (double) trusted / scaled.size(),
        (double) wrong / trusted);
  }

  private static List<Prediction> joined(List<List<Prediction>> folds) {
    return folds.stream().flatMap(List::stream).toList();
  }

  /** A temperature, and the threshold at it; empty when none keeps the risk. */
  private record Fit(TemperatureScaling scaling, Optional<ConfidenceThreshold> threshold) {
    static Fit of(List<Prediction> clips, double risk) {
      TemperatureScaling scaling = TemperatureScaling.fit(clips);
      return new Fit(
          scaling, ConfidenceThreshold.of(clips.stream().map(scaling::apply).toList(), risk, SEED));
    }

    /** Without a threshold that keeps the risk, no answer is trusted. */
    double confidence() {
      return threshold.map(ConfidenceThreshold::confidence).orElse(Double.POSITIVE_INFINITY);
    }

    Calibration calibration(List<Prediction> clips, double risk, OptionalInt neutral) {
      return new Calibration(
          scaling.temperature(),
          threshold.map(ConfidenceThreshold::confidence).orElse(1.0),
          risk,
          threshold.map(ConfidenceThreshold::coverage).orElse(0.0),
          clips.size(),
          (int) clips.stream().map(Prediction::speaker).distinct().count(),
          neutral.isEmpty() ? List.of() : meanLogits(clips, neutral.getAsInt()));
    }

    /** The mean logits of the clips of a label; empty where there is none. */
    private List<Double> meanLogits(List<Prediction> clips, int label) {
      List<double[]> logits =
          clips.stream()
              .filter(clip -> clip.truth() == label)
              .map(clip -> Logits.of(scaling.apply(clip)))
              .toList();
      return logits.isEmpty()
          ? List.of()
          : IntStream.range(0, logits.get(0).length)
              .mapToObj(at -> logits.stream().mapToDouble(each -> each[at]).average().orElseThrow())
              .toList();
    }
  }
}
