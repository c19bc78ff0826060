package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.api.SerException;
import ser.attention.EncoderSettings;
import ser.attention.LossWeights;
import ser.features.pretrained.EncoderInput;
import ser.features.pretrained.EncoderInput.Kind;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.modelpackage.EncoderReference;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.pretrained.StubEncoder;

class PretrainedExperimentTests {
  private static final ExperimentSettings OPEN =
      ExperimentSettings.defaults()
          .withTraining(ShortRecipes.plain(12, 4))
          .withPretrained(EncoderReference.ofAny(EncoderInput.of(Kind.WAVEFORM)));

  private final StubEncoder encoder = new StubEncoder('a');
  private final ExperimentSettings settings = OPEN.withPretrained(EncoderReference.to(encoder));
  private final Path folder;

  PretrainedExperimentTests(@TempDir Path folder) {
    this.folder = folder;
  }

  private Experiment.Setup setup(ExperimentSettings settings) {
    return Runs.setup(settings.training(), 3, 1, 1).withSettings(settings);
  }

  @Test
  void aModelIsTrainedOnTheOutputsOfAnEncoder() {
    Corpus corpus = ToneCorpus.write(folder.resolve("tones"), 3, 2, 3);
    Path run = folder.resolve("run");
    ExperimentReport report =
        Runs.run(corpus, setup(settings).withPretrained(encoder), run, false, Runs.NEVER)
            .orElseThrow();
    assertThat(report.over("UA").mean()).isGreaterThan(0.8); // zero crossings tell the pitch
    ModelPackage model = ModelPackage.read(run.resolve("fold-1/model"));
    assertThat(model.description().pretrained()).contains(EncoderReference.to(encoder));
    EncoderSettings network = (EncoderSettings) model.description().encoder();
    assertThat(network.isProjection()).isTrue();
    assertThat(network.layers()).isEqualTo(2);
    assertThat(model.weights()).containsKey("layers.weight");
    assertThat(model.description().features().hopLength()).isEqualTo(320);

    int calls = encoder.calls();
    Runs.run(corpus, setup(settings).withPretrained(encoder), run, true, Runs.NEVER);
    assertThat(encoder.calls()).as("a run that is done").isEqualTo(calls);
    StubEncoder other = new StubEncoder('b');
    assertThatThrownBy(
            () ->
                Runs.run(
                    corpus,
                    setup(OPEN.withPretrained(EncoderReference.to(other))).withPretrained(other),
                    run,
                    true,
                    Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("holds a run with sha256 " + "a".repeat(64));
  }

  @Test
  void aModelIsTrainedOnLogMelFeaturesAndTheOutputsOfAnEncoder() {
    ExperimentSettings fusion =
        ExperimentSettings.defaults()
            .withTraining(
                ShortRecipes.augmented(2, 4).withGainDb(0).withLossWeights(LossWeights.none()))
            .withFusion(EncoderReference.ofAny(EncoderInput.of(Kind.WAVEFORM)))
            .withPretrained(EncoderReference.to(encoder));
    Corpus corpus = ToneCorpus.write(folder.resolve("tones"), 3, 2, 2);
    Path run = folder.resolve("run");
    assertThat(Runs.run(corpus, setup(fusion).withPretrained(encoder), run, false, Runs.NEVER))
        .isPresent();
    ModelPackage model = ModelPackage.read(run.resolve("fold-1/model"));
    EncoderSettings network = (EncoderSettings) model.description().encoder();
    assertThat(network.isFusion()).isTrue();
    assertThat(network.columns()).isEqualTo(64 + 6);
    assertThat(model.description().features().hopLength()).isEqualTo(160);
    assertThat(model.description().standardization().mean()).hasSize(64 + 6);
  }

  @Test
  void theEncoderOfTheSetupIsThatOfTheSettings() {
    Corpus corpus = ToneCorpus.write(folder.resolve("tones"), 3, 2, 1);
    Path run = folder.resolve("run");
    assertThatThrownBy(() -> Runs.run(corpus, setup(settings), run, false, Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("give its file with --encoder");
    assertThatThrownBy(
            () ->
                Runs.run(
                    corpus,
                    setup(settings).withPretrained(new StubEncoder('c')),
                    folder.resolve("other"),
                    false,
                    Runs.NEVER))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("The pretrained encoder is another file");
  }

  @Test
  void aRecipeIsReadBackEqual() throws IOException {
    ExperimentSettings fusion =
        ExperimentSettings.defaults().withFusion(EncoderReference.to(encoder));
    for (ExperimentSettings some : new ExperimentSettings[] {OPEN, settings, fusion}) {
      Path file = Files.writeString(folder.resolve("recipe.json"), some.toJson());
      assertThat(ExperimentSettings.read(file)).isEqualTo(some);
    }
    Path whisper =
        Files.writeString(
            folder.resolve("whisper.json"),
            """
            {"encoder": {"architecture": "projection-attention",
                         "pretrained": {"input": "whisper"},
                         "attention": {"variant": "fa"}}}
            """);
    ExperimentSettings read = ExperimentSettings.read(whisper);
    assertThat(read.pretrained().map(EncoderReference::input))
        .contains(EncoderInput.of(Kind.WHISPER));
    assertThat(read.training().speeds()).containsExactly(1.0);
    assertThatThrownBy(() -> read.withPretrained(EncoderReference.to(encoder)))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("expected the same");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"training\": {\"gainDb\": 3}} | training.gainDb is 3.0; expected 0, or a gain",
        "{\"features\": {\"envelope\": true}} | features.envelope is true; expected false",
        "{\"features\": {\"sampleRate\": 32000}} | features.sampleRate is 32000; expected the encoder's, 16000"
      })
  void aRecipeThatIsNotForAFusionIsRefused(String json, String refusal) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("recipe.json"),
            "{\"encoder\": {\"architecture\": \"fusion-attention\"}, " + json.substring(1));
    assertThatThrownBy(() -> ExperimentSettings.read(file))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(refusal)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"training\": {\"gainDb\": 3}} | with a pretrained encoder: training.gainDb is 3.0; expected 0, or a gain",
        "{\"training\": {\"melWarp\": 0.1}} | training.melWarp is 0.1; expected 0",
        "{\"training\": {\"frequencyMaskBands\": 2}} | training.frequencyMaskBands is 2; expected 0",
        "{\"features\": {\"envelope\": true}} | features.envelope is true; expected false",
        "{\"encoder\": {\"normalization\": \"level\"}} | have no level to subtract",
        "{\"encoder\": {\"pretrained\": {\"input\": \"mel\"}}} | encoder.pretrained.input is 'mel'; expected one of [waveform, whisper]",
        "{\"encoder\": {\"pretrained\": {\"layers\": 0}}} | pretrained: sha256 '', 0 layers",
        "{\"encoder\": {\"channels\": [4]}} | unknown key encoder.channels"
      })
  void aRecipeThatIsNotForAnEncoderIsRefused(String json, String refusal) throws IOException {
    String projection = "{\"encoder\": {\"architecture\": \"projection-attention\", ";
    String text =
        json.contains("\"encoder\"")
            ? json.replace("{\"encoder\": {", projection)
            : projection.replace(", ", "}, ") + json.substring(1);
    Path file = Files.writeString(folder.resolve("recipe.json"), text);
    assertThatThrownBy(() -> ExperimentSettings.read(file))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(refusal)
        .hasMessageNotContaining("\n");
  }

  @Test
  void aCldnnHasNoEncoder() {
    ExperimentSettings cldnn = Recipes.named("cldnn").settings();
    assertThatThrownBy(() -> cldnn.withPretrained(EncoderReference.to(encoder)))
        .isInstanceOf(SerException.class)
        .hasMessage("A CLDNN takes MFCCs; expected no pretrained encoder");
    assertThat(cldnn.pretrained()).isEqualTo(Optional.empty());
  }
}
