package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.api.recognition.EmotionRecognizer;
import ser.api.recognition.Recognition;
import ser.api.recognition.RecognizerOptions;
import ser.api.spi.Backends;
import ser.api.spi.Device;
import ser.api.tensor.Tensor;
import ser.attention.Variant;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.model.ModelPackage;
import ser.pipeline.protocol.Development;

/** What one backend has begun another goes on with. */
class AnotherBackendTests {
  /** One epoch of five steps, with everything that is random. */
  private static final TrainingRecipe RECIPE = Recipes.augmented(1, 4);

  private static Path model(Path out) {
    return out.resolve("fold-1").resolve("model");
  }

  private static boolean run(
      Corpus corpus, Path out, String backend, boolean resume, BooleanSupplier stop) {
    Experiment.Setup setup =
        new Experiment.Setup(
            Variant.FA_CA,
            RECIPE,
            5,
            Development.NONE,
            List.of(1),
            1,
            Backends.named(backend),
            Device.CPU);
    return Runs.run(corpus, setup, out, resume, stop).isPresent();
  }

  @ParameterizedTest
  @CsvSource({"djl, dl4j", "dl4j, djl"})
  void goesOnWhereTheOtherWasInterrupted(String first, String second, @TempDir Path folder) {
    Corpus corpus = ToneCorpus.write(folder.resolve("corpus"), 4, 2, 3);
    Path whole = folder.resolve("whole");
    assertThat(run(corpus, whole, first, false, Runs.NEVER)).isTrue();
    Path parted = folder.resolve("parted");
    assertThat(run(corpus, parted, first, false, Runs.every(3))).as("interrupted").isFalse();
    assertThat(run(corpus, parted, second, true, Runs.NEVER)).isTrue();

    ModelPackage expected = ModelPackage.read(model(whole));
    ModelPackage found = ModelPackage.read(model(parted));
    assertThat(found.weights().keySet()).isEqualTo(expected.weights().keySet());
    for (Map.Entry<String, Tensor> weight : expected.weights().entrySet()) {
      Tensor other = Objects.requireNonNull(found.weights().get(weight.getKey()));
      assertThat(other.floats())
          .as(weight.getKey())
          .containsExactly(weight.getValue().floats(), within(1e-4f));
    }
    assertThat(found.description().training().versions().get("backend"))
        .as("what finished it is recorded")
        .startsWith(second + ", ");
  }

  @ParameterizedTest
  @CsvSource({"djl, dl4j", "dl4j, djl"})
  void hearsWithTheOthersModelWhatTheOtherHears(
      String trained, String other, @TempDir Path folder) {
    Corpus corpus = ToneCorpus.write(folder.resolve("corpus"), 4, 2, 3);
    Path out = folder.resolve("out");
    assertThat(run(corpus, out, trained, false, Runs.NEVER)).isTrue();
    List<Path> clips = corpus.utterances().stream().map(Utterance::path).toList();
    List<Recognition> expected = hear(model(out), trained, clips);
    List<Recognition> found = hear(model(out), other, clips);
    for (int i = 0; i < clips.size(); i++) {
      Map<String, Double> probabilities = found.get(i).probabilities();
      expected
          .get(i)
          .probabilities()
          .forEach(
              (label, probability) ->
                  assertThat(probabilities.getOrDefault(label, Double.NaN))
                      .isCloseTo(probability, within(1e-4)));
    }
  }

  private static List<Recognition> hear(Path model, String backend, List<Path> clips) {
    try (EmotionRecognizer recognizer =
        EmotionRecognizer.load(model, RecognizerOptions.defaults().withBackend(backend))) {
      return clips.stream().map(recognizer::recognize).toList();
    }
  }
}
