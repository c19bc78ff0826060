package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.Device;
import ser.api.EmotionRecognizer;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.api.SerException;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.Backends;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.RecordingDigests;
import ser.pipeline.modelpackage.TinyModel;
import ser.pipeline.modelpackage.TrainingRecord;
import ser.pipeline.protocol.Protocol;
import ser.pipeline.protocol.Protocols;
import ser.pipeline.recognition.Frontend;
import ser.pipeline.recognition.Sounds;

class EvaluationTests {
  private static final Protocol LOSO = Protocols.named("loso");

  private final Path folder;
  private final Corpus corpus;

  EvaluationTests(@TempDir Path folder) {
    this.folder = folder;
    this.corpus = ToneCorpus.write(folder.resolve("corpus"), 3, 3, 2);
  }

  private static ModelDescription model(
      String corpus, String protocol, int fold, List<String> train, List<String> development) {
    return TinyModel.description()
        .withTraining(
            new TrainingRecord(
                corpus,
                protocol,
                fold,
                Map.of(corpus, train),
                Map.of(corpus, development),
                Map.of(),
                "",
                Optional.of(RecordingDigests.of(List.of())),
                Map.of(),
                1,
                1,
                Map.of(),
                Map.of()));
  }

  @Test
  void theTestClipsAreThoseOfTheFoldTheModelWasTrainedFor() {
    ModelDescription model = model("corpus", "loso", 2, List.of("speaker2"), List.of("speaker0"));
    assertThat(Evaluation.testClips(model, corpus, LOSO))
        .hasSize(6)
        .allMatch(utterance -> utterance.speaker().equals("speaker1"));
  }

  @Test
  void twoSpeakersAreEnoughForAModelWithoutDevelopment() {
    Corpus two = ToneCorpus.write(folder.resolve("two"), 2, 3, 1);
    ModelDescription model = model("corpus", "loso", 1, List.of("speaker1"), List.of());
    assertThat(Evaluation.testClips(model, two, LOSO)).hasSize(3);
  }

  @Test
  void speakersHeardInTrainingOrSelectionAreNotTested() {
    for (ModelDescription model :
        List.of(
            model("corpus", "loso", 2, List.of("speaker1", "speaker2"), List.of()),
            model("corpus", "loso", 2, List.of("speaker2"), List.of("speaker1")))) {
      assertThatThrownBy(() -> Evaluation.testClips(model, corpus, LOSO))
          .isInstanceOf(SerException.class)
          .hasMessage("The model was trained or selected on the test speakers [speaker1]");
    }
  }

  @Test
  void anotherProtocolOfTheSameCorpusIsRefused() {
    ModelDescription model = model("corpus", "random", 2, List.of(), List.of());
    assertThatThrownBy(() -> Evaluation.testClips(model, corpus, LOSO))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("trained for protocol random, not loso");
  }

  @Test
  void aFoldThatTheProtocolLacksIsRefused() {
    ModelDescription model = model("corpus", "loso", 9, List.of(), List.of());
    assertThatThrownBy(() -> Evaluation.testClips(model, corpus, LOSO))
        .isInstanceOf(SerException.class)
        .hasMessage("Protocol loso has no fold 9");
  }

  @Test
  void anotherCorpusIsTestedWhole() {
    ModelDescription model = model("ravdess", "ravdess-6fold", 1, List.of("01"), List.of());
    assertThat(Evaluation.testClips(model, corpus, LOSO)).isEqualTo(corpus.utterances());
  }

  @Test
  void labelsTheModelDoesNotKnowAreRefused() {
    List<Utterance> angry = new ArrayList<>(corpus.utterances());
    angry.add(Utterance.of("csv", "x", folder.resolve("x"), "angry", "speaker0"));
    Corpus other = new Corpus("csv", List.of("angry", "calm", "happy", "sad"), angry, List.of());
    ModelDescription model = model("corpus", "loso", 2, List.of(), List.of());
    assertThatThrownBy(() -> Evaluation.testClips(model, other, LOSO))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "The model knows [calm, happy, sad], but the corpus has [angry, calm, happy, sad]");
  }

  @Test
  void predictionsComeInTheOrderOfTheClipsWithTheirTruth() {
    ModelPackage model = ModelPackage.read(TinyModel.write(folder.resolve("model")));
    FeatureCache cache =
        new FeatureCache(new Frontend(FeatureSettings.defaults(FeatureKind.LOGMEL), 9, 8));
    try (Backend backend = Backends.best().open(Device.CPU)) {
      List<Prediction> all = Evaluation.predict(model, backend, corpus, corpus.utterances(), cache);
      assertThat(all.stream().map(Prediction::utterance))
          .isEqualTo(corpus.utterances().stream().map(Utterance::id).toList());
      for (int i = 0; i < all.size(); i++) {
        assertThat(TinyModel.LABELS.get(all.get(i).truth()))
            .isEqualTo(corpus.utterances().get(i).label());
      }
      Prediction alone =
          Evaluation.predict(model, backend, corpus, corpus.utterances().subList(7, 8), cache)
              .get(0);
      for (int label = 0; label < 3; label++) {
        assertThat(alone.probabilities().get(label))
            .isCloseTo(all.get(7).probabilities().get(label), within(1e-5f));
      }
      assertThat(Evaluation.predict(model, backend, corpus, List.of(), cache)).isEmpty();
    }
  }

  @Test
  void aLongClipIsEvaluatedAsItIsRecognised() {
    List<Utterance> utterances = new ArrayList<>();
    for (double seconds : new double[] {1.5, 25, 47}) {
      String id = "clip" + seconds;
      Path file = Sounds.write(folder.resolve(id + ".wav"), 3, 180, seconds, 16_000);
      utterances.add(Utterance.of("made-up", id, file, "sad", "anna"));
    }
    Path folderOfModel = TinyModel.write(folder.resolve("model"));
    ModelPackage model = ModelPackage.read(folderOfModel);
    FeatureCache cache =
        new FeatureCache(
            new Frontend(
                model.description().features(),
                model.description().trim(),
                model.description().encoder().framesPerStep()));
    List<Prediction> predictions;
    try (Backend backend = Backends.best().open(BackendOptions.defaults())) {
      predictions = Evaluation.predict(model, backend, corpus, utterances, cache);
    }
    RecognizerOptions options = RecognizerOptions.defaults().withAttention(false);
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(folderOfModel, options)) {
      for (int i = 0; i < utterances.size(); i++) {
        Recognition recognition = recognizer.recognize(utterances.get(i).path());
        for (int label = 0; label < TinyModel.LABELS.size(); label++) {
          assertThat((double) predictions.get(i).probabilities().get(label))
              .as("%s of %s", TinyModel.LABELS.get(label), utterances.get(i).id())
              .isCloseTo(recognition.probability(TinyModel.LABELS.get(label)), within(1e-6));
        }
      }
    }
  }
}
