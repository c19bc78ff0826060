package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.EmotionRecognizer;
import ser.api.Recognition;
import ser.api.SerException;
import ser.pipeline.corpus.Corpora;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.LabelMap;
import ser.pipeline.metrics.ConfidenceThreshold;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.metrics.TemperatureScaling;
import ser.pipeline.modelpackage.AdjustedCalibration;
import ser.pipeline.modelpackage.Calibration;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.recognition.Sounds;

/** A run on tones, whose predictions are replaced by many of known calibration. */
class ModelCalibrationTests {
  private static final int RATE = 16_000;
  private static Path run;
  private static Path other;
  private static Path joined; // a run on two corpora, with a label neutral
  private static Path biased; // the same, with biased speakers

  @BeforeAll
  static void train(@TempDir Path folder) throws IOException {
    Corpus corpus = ToneCorpus.write(folder.resolve("corpus"), 3, 2, 2);
    run = folder.resolve("run");
    other = folder.resolve("other");
    joined = folder.resolve("joined");
    biased = folder.resolve("biased");
    Runs.run(corpus, Runs.setup(ShortRecipes.plain(1, 4), 3, 1, 1, 2, 3), run, false, Runs.NEVER);
    Runs.run(corpus, Runs.setup(ShortRecipes.plain(2, 4), 3, 1, 1), other, false, Runs.NEVER);
    List<String> rows = Files.readAllLines(folder.resolve("corpus/corpus.csv"));
    List<Corpus> parts = new ArrayList<>();
    for (String last : List.of("speaker[01]", "speaker2")) {
      Path part = folder.resolve("corpus/part%d.csv".formatted(parts.size()));
      Files.write(part, rows.stream().filter(row -> row.matches("path,.*|.*," + last)).toList());
      parts.add(Corpora.open("csv:" + part));
    }
    Corpus both = LabelMap.parse("happy=neutral").relabel(Corpora.join(parts)).corpus();
    for (Path each : List.of(joined, biased)) {
      Runs.run(both, Runs.setup(ShortRecipes.plain(1, 4), 3, 1, 1, 2, 3), each, false, Runs.NEVER);
    }
    for (int fold = 1; fold <= 3; fold++) {
      write(run, fold, overconfident(run, fold));
      write(joined, fold, overconfident(joined, fold));
      write(biased, fold, biased(biased, fold, 1, 1));
    }
  }

  private static void write(Path folder, int fold, List<Prediction> predictions)
      throws IOException {
    List<String> labels = new RunFolder(folder).report(fold).orElseThrow().labels();
    Files.write(
        folder.resolve("fold-" + fold + "/predictions.json"),
        JsonFile.bytes(PredictionsJson.of(new FoldReport(fold, labels, predictions, 0))));
  }

  /** Labels drawn by softmax(z), predictions softmax(3z). */
  private static List<Prediction> overconfident(Path folder, int fold) {
    String speaker =
        new RunFolder(folder).report(fold).orElseThrow().predictions().get(0).speaker();
    SplittableRandom random = new SplittableRandom(fold);
    List<Prediction> predictions = new ArrayList<>();
    for (int clip = 0; clip < 3000; clip++) {
      double z = 2 * random.nextGaussian();
      int truth = random.nextDouble() < 1 / (1 + Math.exp(-z)) ? 0 : 1;
      float first = (float) (1 / (1 + Math.exp(-3 * z)));
      String of = fold == 1 ? speaker : speaker + clip % 2;
      predictions.add(Prediction.of("clip" + clip, of, truth, new float[] {first, 1 - first}));
    }
    return predictions;
  }

  private static ModelPackage model() {
    return ModelPackage.read(run.resolve("fold-1/model"));
  }

  @Test
  void theTemperatureAndTheThresholdComeFromTheOtherFolds() {
    ModelCalibration calibrated = ModelCalibration.of(model(), List.of(run), 0.1);
    Calibration calibration = calibrated.model().description().calibration();
    assertThat(calibration.temperature()).isCloseTo(3, within(0.15));
    assertThat(calibration.clips()).isEqualTo(6000);
    assertThat(calibration.speakers()).isEqualTo(4);
    assertThat(calibration.risk()).isEqualTo(0.1);
    // Of the clips with |z| > a, 0.1 are wrong for a = 1.23: σ(1.23) = 0.77.
    assertThat(calibration.threshold()).isBetween(0.72, 0.85);
    assertThat(calibrated.heldOut().errorBefore()).isGreaterThan(0.1);
    assertThat(calibrated.heldOut().errorAfter()).isLessThan(0.03);
    assertThat(calibrated.heldOut().risk()).isBetween(0.05, 0.12);
    assertThat(calibrated.heldOut().coverage()).isCloseTo(calibration.coverage(), within(0.05));
  }

  @Test
  void theMeanLogitsOfNeutralClipsAreThoseOfTheOtherFoldsAtTheTemperature() {
    ModelCalibration unknown = ModelCalibration.of(model(), List.of(run), 0.1);
    assertThat(unknown.model().description().calibration().adjusted()).isEmpty();
    ModelPackage model = ModelPackage.read(joined.resolve("fold-1/model"));
    Calibration calibration =
        ModelCalibration.of(model, List.of(joined), 0.1).model().description().calibration();
    assertThat(model.description().labels()).containsExactly("neutral", "sad");
    assertThat(calibration.clips()).as("of the folds that test other speakers").isEqualTo(6000);
    double sum = 0;
    int count = 0;
    for (int fold = 2; fold <= 3; fold++) {
      for (Prediction prediction : overconfident(joined, fold)) {
        if (prediction.truth() == 0) {
          double first = Math.max(prediction.probabilities().get(0), Float.MIN_NORMAL);
          double second = Math.max(prediction.probabilities().get(1), Float.MIN_NORMAL);
          sum += Math.log(first / second) / 2 / calibration.temperature();
          count++;
        }
      }
    }
    List<Double> neutral = calibration.adjusted().orElseThrow().neutral();
    assertThat(neutral).hasSize(2);
    assertThat(neutral.get(0)).isCloseTo(sum / count, within(1e-3));
    assertThat(neutral.get(1)).isCloseTo(-sum / count, within(1e-3));
    assertThat(sum / count).isGreaterThan(0.2);
  }

  @Test
  void aReferenceHalvesTheBiasOfASpeakerAndHasATemperatureOfItsOwn() {
    ModelPackage model = ModelPackage.read(biased.resolve("fold-1/model"));
    ModelCalibration calibrated = ModelCalibration.of(model, List.of(biased), 0.1);
    Calibration calibration = calibrated.model().description().calibration();
    // A reference of 2.5 s counts half; that of a neutral clip differs from the mean by the bias.
    List<Prediction> halved = new ArrayList<>();
    for (int fold = 2; fold <= 3; fold++) {
      halved.addAll(biased(biased, fold, 1 / calibration.temperature(), 0.5));
    }
    AdjustedCalibration adjusted = calibration.adjusted().orElseThrow();
    TemperatureScaling expected = TemperatureScaling.fit(halved);
    assertThat(adjusted.temperature()).isCloseTo(expected.temperature(), within(1e-3));
    assertThat(adjusted.temperature()).isLessThan(0.8);
    ConfidenceThreshold threshold =
        ConfidenceThreshold.of(halved.stream().map(expected::apply).toList(), 0.1, 1).orElseThrow();
    assertThat(adjusted.threshold()).isEqualTo(threshold.confidence());
    assertThat(adjusted.coverage()).isCloseTo(threshold.coverage(), within(1e-3));
    assertThat(adjusted.threshold()).isNotEqualTo(calibration.threshold());
    ModelCalibration.HeldOut heldOut = calibrated.adjustedHeldOut().orElseThrow();
    assertThat(heldOut.errorBefore()).isGreaterThan(heldOut.errorAfter());
    assertThat(heldOut.errorAfter()).isLessThan(calibrated.heldOut().errorAfter());
    assertThat(heldOut.coverage()).isCloseTo(adjusted.coverage(), within(0.05));
  }

  /** Predictions softmax(s(z + b)), where z is 2 for the neutral clips and around −2 for others. */
  private static List<Prediction> biased(Path folder, int fold, double scale, double share) {
    String speaker =
        new RunFolder(folder).report(fold).orElseThrow().predictions().get(0).speaker();
    SplittableRandom random = new SplittableRandom(fold);
    List<Prediction> predictions = new ArrayList<>();
    for (int clip = 0; clip < 3000; clip++) {
      int truth = clip / 2 % 2;
      double z = truth == 0 ? 2 : 2 * random.nextGaussian() - 2;
      double bias = clip % 2 == 0 ? 4 : -4;
      double logit = scale * (z + share * bias);
      float first = (float) (1 / (1 + Math.exp(-logit)));
      float second = (float) (1 / (1 + Math.exp(logit)));
      predictions.add(
          Prediction.of(
              "clip" + clip,
              fold == 1 ? speaker : speaker + clip % 2,
              truth,
              new float[] {first, second}));
    }
    return predictions;
  }

  @Test
  void theCalibratedModelIsWrittenAndRecognisesByIt(@TempDir Path folder) {
    ModelCalibration calibrated = ModelCalibration.of(model(), List.of(run), 0.1);
    calibrated.write(folder.resolve("calibrated"));
    ModelPackage read = ModelPackage.read(folder.resolve("calibrated"));
    Calibration calibration = calibrated.model().description().calibration();
    assertThat(read.description().calibration()).isEqualTo(calibration);
    float[] voice = Sounds.voice(4, 200, 1.5, RATE);
    try (EmotionRecognizer before = EmotionRecognizer.load(run.resolve("fold-1/model"));
        EmotionRecognizer after = EmotionRecognizer.load(folder.resolve("calibrated"))) {
      Recognition plain = before.recognize(voice, RATE);
      Recognition scaled = after.recognize(voice, RATE);
      String label = before.labels().get(0);
      double logit = Math.log(plain.probability(label) / (1 - plain.probability(label)));
      double expected = 1 / (1 + Math.exp(-logit / calibration.temperature()));
      assertThat(scaled.probability(label)).isCloseTo(expected, within(1e-5));
      assertThat(plain.doubts()).noneMatch(doubt -> doubt.startsWith("unsure"));
      // After an epoch of a few clips no model is sure.
      assertThat(scaled.isSure()).isFalse();
      assertThat(scaled.doubts())
          .containsOnlyOnce(
              "unsure: the probability %.2f is below %.2f, from which 10 %% of the answers or fewer are wrong"
                  .formatted(scaled.probability(scaled.label()), calibration.threshold()));
    }
  }

  @Test
  void whatCannotCalibrateIsRefused(@TempDir Path folder) {
    assertThatThrownBy(() -> ModelCalibration.of(model(), List.of(other), 0.2))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(other + ": was trained with epochs 2, the model with 1;");
    ModelPackage calibrated = ModelCalibration.of(model(), List.of(run), 0.2).model();
    assertThatThrownBy(() -> ModelCalibration.of(calibrated, List.of(run), 0.2))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("The model is calibrated, by a temperature of ");
    assertThatThrownBy(() -> ModelCalibration.of(model(), List.of(folder), 0.2))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("run.json");
  }
}
