package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.api.Device;
import ser.api.EmotionRecognizer;
import ser.api.EmotionStream;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.attention.AttentionSettings;
import ser.attention.ClipNormalization;
import ser.attention.EncoderSettings;
import ser.attention.LossWeights;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import ser.features.augment.Gain;
import ser.graph.spi.Backend;
import ser.graph.spi.Backends;
import ser.pipeline.alignment.AttentionProbe;
import ser.pipeline.alignment.AttentionTrace;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.recognition.Sounds;

/**
 * Every named recipe from audio to a result: it is trained, tested, written, read back, and
 * classifies files, long files and streams.
 */
class RecipeRunTests {
  private static final int RATE = 16_000;

  private final Path folder;

  RecipeRunTests(@TempDir Path folder) {
    this.folder = folder;
  }

  static List<String> names() {
    return Recipes.names();
  }

  private ExperimentReport train(Corpus corpus, ExperimentSettings settings, Path run) {
    Experiment.Setup setup = Runs.setup(TrainingRecipe.defaults(), 3, 1, 1).withSettings(settings);
    return Runs.run(corpus, setup, run, false, Runs.NEVER).orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("names")
  void aNamedRecipeTrainsAModelThatClassifies(String name) {
    Corpus corpus = ToneCorpus.write(folder.resolve("corpus"), 3, 2, 2);
    ExperimentSettings settings = Recipes.named(name).settings();
    settings = settings.withTraining(settings.training().withEpochs(1).withBatchSize(4));
    Path run = folder.resolve("run");
    List<Prediction> tested = train(corpus, settings, run).folds().get(0).predictions();
    assertThat(tested).hasSize(4);
    Path model = run.resolve("fold-1/model");
    assertThat(ModelPackage.read(model).description().encoder()).isEqualTo(settings.encoderFor(2));
    assertThat(ModelPackage.read(model).description().features()).isEqualTo(settings.features());
    checkTrace(ModelPackage.read(model), path(corpus, tested.get(0)));
    RecognizerOptions folded = RecognizerOptions.defaults().withAttention(false);
    RecognizerOptions unfolded = RecognizerOptions.defaults().withAttention(true);
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(model, folded);
        EmotionRecognizer other = EmotionRecognizer.load(model, unfolded)) {
      for (Prediction prediction : tested) {
        Recognition found = recognizer.recognize(path(corpus, prediction));
        Recognition same = other.recognize(path(corpus, prediction));
        for (int label = 0; label < 2; label++) {
          String of = corpus.labels().get(label);
          assertThat(found.probability(of))
              .isCloseTo(prediction.probabilities().get(label), within(1e-5));
          assertThat(found.probability(of)).isCloseTo(same.probability(of), within(1e-5));
        }
        assertThat(same.attention()).isNotEmpty();
      }
      Recognition longFile =
          recognizer.recognize(Sounds.write(folder.resolve("long.wav"), 3, 180, 25, RATE));
      assertThat(longFile.probabilities().values().stream().mapToDouble(p -> p).sum())
          .isCloseTo(1, within(1e-5));
      float[] voice = Sounds.voice(4, 200, 1.5, RATE);
      List<WindowRecognition> windows = new ArrayList<>();
      try (EmotionStream stream = recognizer.stream(RATE, new StreamOptions(4, 1), windows::add)) {
        stream.push(voice);
        stream.finish();
      }
      Recognition whole = recognizer.recognize(voice, RATE);
      assertThat(windows).hasSize(1);
      whole
          .probabilities()
          .forEach(
              (label, probability) ->
                  assertThat(windows.get(0).probabilities().get(label))
                      .isCloseTo(probability, within(1e-5)));
    }
  }

  /** The attention of each recipe's model, which an ablation measures. */
  private void checkTrace(ModelPackage model, Path clip) {
    AttentionSettings attention = model.description().encoder().attention();
    try (Backend backend = Backends.best().open(Device.CPU);
        AttentionProbe probe = AttentionProbe.compile(model, backend)) {
      AttentionTrace trace = probe.trace("clip", AudioFiles.read(clip));
      for (int head = 0; head < trace.heads(); head++) {
        double sum = 0;
        for (float share : trace.row(trace.received(), head)) {
          sum += share;
        }
        assertThat(sum).isCloseTo(1, within(1e-4));
      }
      boolean gaussian = attention.variant().focus() && attention.focus().bias().isGaussian();
      assertThat(trace.centre().isPresent()).isEqualTo(gaussian);
      assertThat(trace.gates().isPresent()).isEqualTo(attention.variant().calibration());
    }
  }

  private static Path path(Corpus corpus, Prediction prediction) {
    return corpus.utterances().stream()
        .filter(utterance -> utterance.id().equals(prediction.utterance()))
        .map(Utterance::path)
        .findFirst()
        .orElseThrow();
  }

  /**
   * The settings that no named recipe has: corruption, balanced sampling, normalisation, and losses
   * with parameters that are not the model's.
   */
  @Test
  void aModelOfLevelledClipsTrainedOnCorruptedOnesIgnoresAGain() {
    Corpus corpus = ToneCorpus.write(folder.resolve("corpus"), 3, 2, 2);
    ExperimentSettings plain = Recipes.named("mhsa").settings();
    EncoderSettings encoder = (EncoderSettings) plain.encoder();
    ExperimentSettings settings =
        plain
            .withEncoder(encoder.withNormalization(ClipNormalization.LEVEL))
            .withTraining(
                plain
                    .training()
                    .withEpochs(3)
                    .withBatchSize(4)
                    .withCorruption(ShortRecipes.corruption())
                    .withLossWeights(new LossWeights(0, 0.1, 0.01, 0.1))
                    .withSampling(Sampling.BALANCED));
    Path run = folder.resolve("run");
    assertThat(train(corpus, settings, run).folds().get(0).predictions()).hasSize(4);
    Path model = run.resolve("fold-1/model");
    assertThat(ModelPackage.read(model).description().encoder()).isEqualTo(settings.encoderFor(2));
    assertThat(ModelPackage.read(model).description().training().recipe().get("corruption"))
        .asString()
        .contains("name=reverberation", "minSeconds=0.1", "name=babble", "voices=3");
    AudioClip voice = AudioClip.of(Sounds.voice(4, 200, 1.5, RATE), RATE);
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(model)) {
      Recognition found = recognizer.recognize(voice.samples(), RATE);
      Recognition same = recognizer.recognize(Gain.scale(voice, -40).samples(), RATE);
      assertThat(same.doubts()).anyMatch(doubt -> doubt.contains("dB softer than the softest"));
      assertThat(found.doubts()).noneMatch(doubt -> doubt.contains("softer"));
      found
          .probabilities()
          .forEach(
              (label, probability) ->
                  assertThat(same.probability(label)).isCloseTo(probability, within(1e-4)));
    }
  }

  @Test
  void gatesOnTheMapsAreNoted() {
    Corpus corpus = ToneCorpus.write(folder.resolve("corpus"), 3, 2, 2);
    ExperimentSettings settings = Recipes.named("cbam").settings();
    settings = settings.withTraining(settings.training().withEpochs(1).withBatchSize(4));
    assertThat(train(corpus, settings, folder.resolve("run")).notes())
        .containsOnlyOnce(
            "encoder.attention.calibration cbam is computed on unfolded attention maps: memory"
                + " grows with the square of a window's steps");
    assertThat(Recipes.named("ca").settings().notes(List.of("sad", "happy"))).isEmpty();
  }
}
