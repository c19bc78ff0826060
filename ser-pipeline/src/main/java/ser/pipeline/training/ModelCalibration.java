package ser.pipeline.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
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
import ser.pipeline.modelpackage.AdjustedCalibration;
import ser.pipeline.modelpackage.Calibration;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.recognition.SpeakerReference;

/**
 * The calibration of a model's confidence by temperature scaling, and the threshold from which an
 * answer is trusted. Both come from the predictions of runs of the same recipe, each on speakers
 * that its fold was not trained on. With a label neutral, the same is fitted for the model with a
 * reference to the speaker.
 *
 * @param model the calibrated model
 * @param heldOut what to expect of it
 * @param adjustedHeldOut what to expect of it with a reference; empty where the clips have no
 *     neutral speech to compare
 */
public record ModelCalibration(
    ModelPackage model, HeldOut heldOut, Optional<HeldOut> adjustedHeldOut) {
  private static final long SEED = 1;

  /**
   * Each fold's predictions, calibrated on the other folds.
   *
   * @param errorBefore expected calibration error without calibration
   * @param errorAfter expected calibration error with it
   * @param coverage the share of clips whose answer is trusted
   * @param risk the share of wrong answers among them; NaN when there is none
   * @param bins accuracy and confidence with the calibration, in bins of confidence
   */
  public record HeldOut(
      double errorBefore,
      double errorAfter,
      double coverage,
      double risk,
      List<CalibrationError.Bin> bins) {
    /** Copies the list. */
    public HeldOut {
      bins = List.copyOf(bins);
    }
  }

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
    List<Prediction> all = joined(folds);
    Fit fit = Fit.of(all, risk);
    OptionalInt neutral = LabelMap.neutral(description.labels());
    Calibration calibration =
        new Calibration(
            fit.scaling.temperature(),
            fit.confidence(),
            risk,
            fit.coverage(),
            all.size(),
            (int) all.stream().map(Prediction::speaker).distinct().count(),
            AdjustedFit.of(all, neutral, risk).map(AdjustedFit::calibration));
    return new ModelCalibration(
        model.with(
            description.withCalibration(calibration),
            Encoder.withDividedLogits(model.weights(), fit.scaling.temperature())),
        heldOut(folds, others -> Optional.of(Fit.of(others, risk))).orElseThrow(),
        heldOut(folds, others -> AdjustedFit.of(others, neutral, risk)));
  }

  /**
   * Writes the calibrated model.
   *
   * @param folder of its package
   * @throws SerException when it cannot be written
   */
  public void write(Path folder) {
    model.write(folder, ModelCard.of(model.description()));
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

  /** Returns what to expect; empty where there is no fit without one of the folds. */
  private static Optional<HeldOut> heldOut(
      List<List<Prediction>> folds,
      Function<List<Prediction>, Optional<? extends ConfidenceFit>> fit) {
    List<Prediction> before = new ArrayList<>();
    List<Prediction> after = new ArrayList<>();
    int trusted = 0;
    int wrong = 0;
    for (List<Prediction> fold : folds) {
      Optional<? extends ConfidenceFit> others =
          fit.apply(joined(folds.stream().filter(other -> other != fold).toList()));
      if (others.isEmpty()) {
        return Optional.empty();
      }
      before.addAll(others.get().before(fold));
      for (Prediction own : others.get().after(fold)) {
        after.add(own);
        if (others.get().trusts(own)) {
          trusted++;
          wrong += own.predicted() == own.truth() ? 0 : 1;
        }
      }
    }
    return Optional.of(
        new HeldOut(
            CalibrationError.expected(before),
            CalibrationError.expected(after),
            (double) trusted / after.size(),
            (double) wrong / trusted,
            CalibrationError.bins(after)));
  }

  private static List<Prediction> joined(List<List<Prediction>> folds) {
    return folds.stream().flatMap(List::stream).toList();
  }

  /** A calibration of the confidence that is fitted to some clips and applied to others. */
  private interface ConfidenceFit {
    List<Prediction> before(List<Prediction> clips);

    List<Prediction> after(List<Prediction> clips);

    boolean trusts(Prediction after);
  }

  /** A temperature, and the threshold at it; empty when none keeps the risk. */
  private record Fit(TemperatureScaling scaling, Optional<ConfidenceThreshold> threshold)
      implements ConfidenceFit {
    static Fit of(List<Prediction> clips, double risk) {
      TemperatureScaling scaling = TemperatureScaling.fit(clips);
      return new Fit(
          scaling, ConfidenceThreshold.of(clips.stream().map(scaling::apply).toList(), risk, SEED));
    }

    /** Returns the least confidence that is trusted, 1 where none keeps the risk. */
    double confidence() {
      return threshold.map(ConfidenceThreshold::confidence).orElse(1.0);
    }

    double coverage() {
      return threshold.map(ConfidenceThreshold::coverage).orElse(0.0);
    }

    @Override
    public List<Prediction> before(List<Prediction> clips) {
      return clips;
    }

    @Override
    public List<Prediction> after(List<Prediction> clips) {
      return clips.stream().map(scaling::apply).toList();
    }

    @Override
    public boolean trusts(Prediction after) {
      return threshold.isPresent() && after.confidence() >= threshold.get().confidence();
    }
  }

  /**
   * The same for a model with a reference. The reference of a clip is another clip of its speaker,
   * which counts as {@value SpeakerReference#PRIOR_SECONDS} s: predictions have no duration.
   *
   * @param unadjusted the temperature of the model without a reference
   * @param neutral the mean logits of neutral clips at that temperature
   * @param adjusted the fit to the adjusted predictions
   */
  private record AdjustedFit(
      int neutralLabel, TemperatureScaling unadjusted, List<Double> neutral, Fit adjusted)
      implements ConfidenceFit {
    static Optional<AdjustedFit> of(List<Prediction> clips, OptionalInt neutral, double risk) {
      if (neutral.isEmpty()) {
        return Optional.empty();
      }
      TemperatureScaling scaling = TemperatureScaling.fit(clips);
      List<Prediction> scaled = clips.stream().map(scaling::apply).toList();
      List<Double> mean = meanLogits(scaled, neutral.getAsInt());
      List<Prediction> adjusted = adjusted(scaled, neutral.getAsInt(), mean);
      return adjusted.isEmpty()
          ? Optional.empty()
          : Optional.of(new AdjustedFit(neutral.getAsInt(), scaling, mean, Fit.of(adjusted, risk)));
    }

    AdjustedCalibration calibration() {
      return new AdjustedCalibration(
          neutral, adjusted.scaling.temperature(), adjusted.confidence(), adjusted.coverage());
    }

    @Override
    public List<Prediction> before(List<Prediction> clips) {
      return adjusted(clips.stream().map(unadjusted::apply).toList(), neutralLabel, neutral);
    }

    @Override
    public List<Prediction> after(List<Prediction> clips) {
      return adjusted.after(before(clips));
    }

    @Override
    public boolean trusts(Prediction after) {
      return adjusted.trusts(after);
    }

    /** Adjusts the clips whose speaker has another neutral clip, by each of these in turn. */
    private static List<Prediction> adjusted(
        List<Prediction> clips, int label, List<Double> neutral) {
      AdjustedCalibration calibration = new AdjustedCalibration(neutral, 1, 1, 0);
      Map<String, List<Prediction>> references =
          clips.stream()
              .filter(clip -> clip.truth() == label)
              .collect(Collectors.groupingBy(Prediction::speaker));
      Map<String, Integer> next = new HashMap<>();
      List<Prediction> adjusted = new ArrayList<>();
      for (Prediction clip : clips) {
        List<Prediction> others =
            references.getOrDefault(clip.speaker(), List.of()).stream()
                .filter(other -> !other.utterance().equals(clip.utterance()))
                .toList();
        if (!others.isEmpty()) {
          int turn = next.merge(clip.speaker(), 1, Integer::sum);
          Prediction reference = others.get(turn % others.size());
          adjusted.add(
              SpeakerReference.of(calibration, Logits.of(reference), SpeakerReference.PRIOR_SECONDS)
                  .apply(clip));
        }
      }
      return adjusted;
    }

    /** Returns the mean logits of the clips of a label; empty where there is none. */
    private static List<Double> meanLogits(List<Prediction> clips, int label) {
      List<double[]> logits =
          clips.stream().filter(clip -> clip.truth() == label).map(Logits::of).toList();
      return logits.isEmpty()
          ? List.of()
          : IntStream.range(0, logits.get(0).length)
              .mapToObj(at -> logits.stream().mapToDouble(each -> each[at]).average().orElseThrow())
              .toList();
    }
  }
}
