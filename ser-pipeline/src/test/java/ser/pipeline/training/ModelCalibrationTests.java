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
import ser.pipeline.corpus.Corpus;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.modelpackage.Calibration;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.recognition.Sounds;

/** A run on tones, whose predictions are replaced by many of known calibration. */
class ModelCalibrationTests {
  private static final int RATE = 16_000;
  private static Path run;
  private static Path other;

  @BeforeAll
  static void train(@TempDir Path folder) throws IOException {
    Corpus corpus = ToneCorpus.write(folder.resolve("corpus"), 3, 2, 2);
    run = folder.resolve("run");
    other = folder.resolve("other");
    Runs.run(corpus, Runs.setup(ShortRecipes.plain(1, 4), 3, 1, 1, 2, 3), run, false, Runs.NEVER);
    Runs.run(corpus, Runs.setup(ShortRecipes.plain(2, 4), 3, 1, 1), other, false, Runs.NEVER);
    for (int fold = 1; fold <= 3; fold++) {
      List<String> labels = new RunFolder(run).report(fold).orElseThrow().labels();
      FoldReport report = new FoldReport(fold, labels, overconfident(fold), 0);
      Files.write(
          run.resolve("fold-" + fold + "/predictions.json"),
          JsonFile.bytes(PredictionsJson.of(report)));
    }
  }

  /** Labels drawn by softmax(z), predictions softmax(3z). */
  private static List<Prediction> overconfident(int fold) {
    String speaker = new RunFolder(run).report(fold).orElseThrow().predictions().get(0).speaker();
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
