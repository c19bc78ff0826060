package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.api.SerException;
import ser.attention.CalibrationGate;
import ser.attention.CldnnSettings;
import ser.attention.EncoderSettings;
import ser.attention.Variant;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;
import ser.features.dsp.MelScale;

/** Settings of an experiment and the recipe files they are read from. */
class ExperimentSettingsTests {
  private final Path file;

  ExperimentSettingsTests(@TempDir Path folder) {
    this.file = folder.resolve("recipe.json");
  }

  private ExperimentSettings read(String json) throws IOException {
    return ExperimentSettings.read(Files.writeString(file, json));
  }

  /** Every setting differs from its default. */
  private static ExperimentSettings other() {
    EncoderSettings encoder =
        EncoderSettings.of(Variant.CA, 32, 2)
            .withConvolutions(List.of(8, 16), List.of(1, 2))
            .withBlocks(2)
            .withHiddenWidths(100, 50)
            .withDropout(0, 0.5);
    return ExperimentSettings.defaults()
        .withEncoder(
            encoder.withAttention(
                encoder
                    .attention()
                    .withSize(96, 3)
                    .withCalibration(CalibrationGate.HEAD_SOFTMAX, 5, 8)))
        .withFeatures(
            new FeatureSettings(
                FeatureKind.LOGMEL,
                22_050,
                1024,
                800,
                200,
                32,
                32,
                50,
                7600,
                MelScale.HTK,
                false,
                false))
        .withTrim(0)
        .withTraining(ShortRecipes.augmented(7, 3));
  }

  @Test
  void theDefaultsAreThoseOfTheBundledModels() {
    ExperimentSettings defaults = ExperimentSettings.defaults();
    assertThat(defaults.encoderFor(8)).isEqualTo(EncoderSettings.of(Variant.MHSA, 64, 8));
    assertThat(defaults.features()).isEqualTo(FeatureSettings.defaults(FeatureKind.LOGMEL));
    assertThat(defaults.trim()).isEqualTo(9);
    assertThat(defaults.training()).isEqualTo(TrainingRecipe.defaults());
  }

  @Test
  void whatIsPrintedIsReadBackEqual() throws IOException {
    assertThat(read(ExperimentSettings.defaults().toJson()))
        .isEqualTo(ExperimentSettings.defaults());
    assertThat(read(other().toJson())).isEqualTo(other());
    ExperimentSettings corrupted =
        other()
            .withTraining(
                other()
                    .training()
                    .withCorruption(ShortRecipes.corruption())
                    .withSampling(Sampling.BALANCED));
    assertThat(read(corrupted.toJson())).isEqualTo(corrupted);
  }

  @Test
  void settingsOfAMechanismThatTheVariantLacksAreRefused() throws IOException {
    for (String recipe : List.of("fa-narrow", "ca-utterance", "cbam", "cldnn", "mhsa")) {
      Recipes.named(recipe).settings().requireEffect();
    }
    ExperimentSettings gate =
        read("{\"encoder\": {\"attention\": {\"calibration\": \"utterance\"}}}");
    assertThatThrownBy(gate::requireEffect)
        .isInstanceOf(SerException.class)
        .hasMessage(
            "encoder.attention.calibration has no effect on the variant mhsa; expected the variant"
                + " ca or fa+ca, or no such setting");
    gate.withVariant(Variant.FA_CA).requireEffect();
    ExperimentSettings focus = Recipes.named("fa-narrow").settings().withVariant(Variant.CA);
    assertThatThrownBy(focus::requireEffect)
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("encoder.attention.focus has no effect on the variant ca");
    ExperimentSettings labels = read("{\"training\": {\"nearLabels\": [[\"sad\", \"calm\"]]}}");
    assertThatThrownBy(labels::requireEffect)
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("training.nearLabels has no effect with");
    ExperimentSettings smoothing =
        read("{\"training\": {\"nearLabels\": [], \"nearLabelSmoothing\": 0.1}}");
    assertThatThrownBy(smoothing::requireEffect)
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("training.nearLabelSmoothing has no effect without");
    assertThatThrownBy(new Recipe("near", smoothing)::requireEffect)
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("recipe near: training.nearLabelSmoothing has no effect without");
    ExperimentSettings domains = read("{\"training\": {\"adversarialDomains\": \"corpus\"}}");
    assertThatThrownBy(domains::requireEffect)
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("training.adversarialDomains has no effect with");
  }

  @Test
  void nearLabelsThatTheClipsLackAreNoted() throws IOException {
    ExperimentSettings near = read("{\"training\": {\"nearLabelSmoothing\": 0.1}}");
    assertThat(near.notes(List.of("calm", "neutral", "sad"))).isEmpty();
    assertThat(near.notes(List.of("neutral", "sad")))
        .containsExactly(
            "training.nearLabels [neutral, calm] has no effect: the labels are [neutral, sad]");
    assertThatThrownBy(() -> near.notes(List.of("Calm", "neutral")))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "training.nearLabels: found the label calm; expected Calm, as the corpus has it");
  }

  @Test
  void whatAFileLeavesOutHasItsDefault() throws IOException {
    assertThat(read("{}")).isEqualTo(ExperimentSettings.defaults());
    assertThat(
            read(
                """
                {"encoder": {"attention": {"variant": "ca", "calibration": "utterance"}},
                 "training": {"epochs": 3, "gainDb": 6}}
                """))
        .isEqualTo(
            ExperimentSettings.defaults()
                .withEncoder(
                    EncoderSettings.of(Variant.CA, 64, 2)
                        .withAttention(
                            EncoderSettings.of(Variant.CA, 64, 2)
                                .attention()
                                .withCalibration(CalibrationGate.UTTERANCE, 9, 16)))
                .withTraining(TrainingRecipe.defaults().withEpochs(3).withGainDb(6)));
  }

  @Test
  void theKeysOfACldnnAreItsOwn() throws IOException {
    ExperimentSettings cldnn =
        ExperimentSettings.defaults()
            .withEncoder(new CldnnSettings(64, 2, 13, 32, 2, 16, 0.1))
            .withTrim(0);
    assertThat(read(cldnn.toJson())).isEqualTo(cldnn);
    assertThat(read("{\"encoder\": {\"architecture\": \"cldnn\", \"hidden\": 128}}"))
        .isEqualTo(
            ExperimentSettings.defaults()
                .withEncoder(CldnnSettings.of(64, 2).withWidths(40, 64, 4, 128)));
    assertThat(cldnn.encoderFor(8).classes()).isEqualTo(8);
    assertThat(cldnn.withVariant(Variant.MHSA)).isEqualTo(cldnn);
    assertThatThrownBy(() -> cldnn.withVariant(Variant.FA))
        .isInstanceOf(SerException.class)
        .hasMessage("A CLDNN has plain self-attention, found the variant fa; expected mhsa");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'architecture': 'gru'} | encoder.architecture is \"gru\"; expected one of [cnn-attention, projection-attention, fusion-attention, cldnn]",
        "{'architecture': 3} | encoder.architecture is 3; expected one of",
        "{'architecture': 'cldnn', 'blocks': 1} | unknown key encoder.blocks; expected architecture, coefficients,",
        "{'architecture': 'cldnn', 'hidden': 0} | encoder: hidden is 0; expected",
        "{'architecture': 'cldnn', 'heads': 3} | encoder: heads is 3; expected a divisor of the channels, 64",
        "{'architecture': 'cldnn', 'coefficients': 65} | The coefficients are 1 to the number of bands, found 65 for 64",
      })
  void anArchitectureIsCheckedByItsOwnKeys(String encoder, String reason) {
    assertThatThrownBy(() -> read("{\"encoder\": " + encoder.replace('\'', '"') + "}"))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(reason);
  }

  @Test
  void aCldnnTakesNoEnvelope() {
    assertThatThrownBy(
            () ->
                read(
                    "{\"encoder\": {\"architecture\": \"cldnn\"}, \"features\": {\"envelope\": true}}"))
        .isInstanceOf(SerException.class)
        .hasMessage(file + ": A CLDNN has no use for the amplitude envelope; expected none");
  }

  @Test
  void aFileOfVersion1IsReadForEver() {
    assertThat(ExperimentSettings.read(RunFiles.path("recipe-v1.json"))).isEqualTo(other());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"training": {"epoch": 3}}      | unknown key training.epoch; expected epochs, batchSize
          {"speed": 1}                    | unknown key speed; expected format, version, encoder
          {"training": 3}                 | training is 3; expected an object
          {"training": {"epochs": 2.5}}   | training.epochs is 2.5; expected a whole number
          {"training": {"epochs": 2.0}}   | training.epochs is 2.0; expected a whole number
          {"training": {"epochs": "2"}}   | training.epochs is "2"; expected a whole number
          {"training": {"epochs": 5000000000}} | training.epochs is 5000000000; expected a whole number from -2147483648 to 2147483647
          {"training": {"epochs": null}}  | training.epochs is null; expected a whole number
          {"training": {"mixup": "0.2"}}  | training.mixup is "0.2"; expected a number
          {"training": {"speeds": 1.0}}   | training.speeds is 1.0; expected a list
          {"training": {"speeds": [1, "x"]}} | training.speeds is [1,"x"]; expected a list of numbers
          {"encoder": {"channels": [1.5]}} | encoder.channels is [1.5]; expected a list of whole numbers
          {"features": {"slaneyNorm": 1}} | features.slaneyNorm is 1; expected true or false
          {"encoder": {"attention": {"variant": 1}}} | encoder.attention.variant is 1; expected a text
          {"training": {"epochs": 0}}     | epochs is 0; expected 1 to 1000000
          {"training": {"batchSize": 99999999}} | batchSize is 99999999; expected 1 to 65536
          {"training": {"learningRate": 0}} | learningRate is 0.0; expected more than 0 and at most 10
          {"training": {"learningRate": 1e999}} | learningRate is Infinity; expected more than 0
          {"training": {"warmup": 1.5}}   | warmup is 1.5; expected 0 to 1
          {"training": {"weightDecay": -1}} | weightDecay is -1.0; expected 0 to 10
          {"training": {"clipNorm": 0}}   | clipNorm is 0.0; expected more than 0
          {"training": {"averageDecay": 1}} | averageDecay is 1.0; expected 0 to below 1
          {"training": {"labelSmoothing": 1}} | labelSmoothing is 1.0; expected 0 to below 1
          {"training": {"nearLabelSmoothing": 1}} | nearLabelSmoothing is 1.0; expected 0 to below 1
          {"training": {"nearLabels": [["calm"]]}} | nearLabels is [[calm]]; expected groups of two labels or more, each label once
          {"training": {"nearLabels": [["calm", "sad"], ["sad", "happy"]]}} | expected groups of two labels or more, each label once
          {"training": {"nearLabels": ["calm"]}} | training.nearLabels is ["calm"]; expected a list of lists of texts
          {"training": {"nearLabels": [["calm", 1]]}} | training.nearLabels is [["calm",1]]; expected a list of lists of texts
          {"training": {"mixup": 3}}      | mixup is 3.0; expected 0 to 1
          {"training": {"speeds": []}}    | speeds is []; expected one or more factors from 0.25 to 4
          {"training": {"speeds": [9]}}   | speeds is [9.0]; expected one or more factors from 0.25 to 4
          {"training": {"melWarp": 1}}    | melWarp is 1.0; expected 0 to below 1
          {"training": {"minCrop": 1e-9}} | minCrop is 1.0E-9; expected 0.01 to 1
          {"training": {"timeMaskFrames": -1}} | timeMaskFrames is -1; expected 0 to
          {"training": {"frequencyMaskBands": -1}} | frequencyMaskBands is -1; expected 0 to
          {"training": {"gainDb": -3}}    | gainDb is -3.0; expected 0 to 100
          {"training": {"corruption": {"probability": 2}}} | corruption: probability is 2.0; expected 0 to 1
          {"training": {"corruption": {"versions": 0}}} | corruption: versions is 0; expected 1 to 1000
          {"training": {"corruption": {"probability": 1}}} | corruption: steps is []; expected one or more with a probability
          {"training": {"corruption": {"steps": [3]}}} | training.corruption.steps
          {"training": {"corruption": {"steps": [{"name": "echo"}]}}} | training.corruption.steps: unknown name 'echo'; expected one of [babble, bandwidth, clipping
          {"training": {"corruption": {"steps": [{"name": "telephone"}]}}} | training.corruption.steps.probability: the key 'probability' is missing
          {"training": {"corruption": {"steps": [{"name": "telephone", "probability": 1, "hz": 3}]}}} | training.corruption.steps.hz: unknown key; expected
          {"training": {"corruption": {"steps": [{"name": "noise", "probability": 1, "colour": "red", "minSnrDb": 0, "maxSnrDb": 9}]}}} | steps.colour is 'red'; expected one of [white, pink, hum]
          {"training": {"corruption": {"steps": [{"name": "offset", "probability": 1, "max": 2}]}}} | largest offset of full scale from 2.0 to 2.0; expected
          {"training": {"corruption": {"steps": [{"name": "babble", "probability": 1, "voices": 0, "minSnrDb": 0, "maxSnrDb": 9}]}}} | voices
          {"training": {"sampling": "even"}} | training.sampling is 'even'; expected one of [all, balanced]
          {"trim": -1}                    | trim is -1.0; expected 0 to 100
          {"encoder": {"channels": []}}   | channels is []; expected 1 to 8 numbers from 1 to 16384
          {"encoder": {"channels": [0, 1, 1, 1]}} | channels is [0, 1, 1, 1]; expected 1 to 8 numbers
          {"encoder": {"timeStrides": [2]}} | timeStrides is [2]; expected 1 or 2 for each of the 4 channels
          {"encoder": {"normalization": "peak"}} | encoder.normalization is 'peak'; expected one of [none, level, channel]
          {"encoder": {"blocks": 1000}}   | blocks is 1000; expected 1 to 64
          {"encoder": {"feedForward": 0}} | feedForward is 0; expected 1 to 16384
          {"encoder": {"poolingHidden": 0}} | poolingHidden is 0; expected 1 to 16384
          {"encoder": {"blockDropout": 1}} | blockDropout is 1.0; expected 0 to below 1
          {"encoder": {"classifierDropout": -0.1}} | classifierDropout is -0.1; expected 0 to below 1
          {"encoder": {"attention": {"variant": "fca"}}} | encoder.attention.variant is 'fca'; expected one of [mhsa, fa, ca, fa+ca]
          {"encoder": {"attention": {"variant": "ca", "calibration": "soft"}}} | encoder.attention.calibration is 'soft'; expected one of [windowed, utterance, head-softmax, cbam-channel, cbam]
          {"encoder": {"attention": {"variant": "fa", "focus": {"bias": "centre"}}}} | encoder.attention.focus.bias is 'centre'; expected one of [learnt-centre, local-centre, peak-centre, amplitude]
          {"encoder": {"attention": {"variant": "fa", "focus": {"initialWidth": 1}}}} | encoder.attention.focus: initialWidth is 1.0; expected a number above 0 and below 1
          {"encoder": {"attention": {"variant": "fa", "focus": {"bias": "peak-centre"}}}} | encoder.attention.focus.bias is peak-centre, which needs the amplitude envelope; expected features.envelope true
          {"training": {"alignmentWeight": 1}} | training.alignmentWeight is 1.0, which needs the amplitude envelope; expected features.envelope true
          {"training": {"alignmentWeight": -1}} | alignmentWeight is -1.0; expected 0 to 1000
          {"training": {"centerWeight": -0.5}} | centerWeight is -0.5; expected 0 to 1000
          {"training": {"adversarialWeight": 1001}} | adversarialWeight is 1001.0; expected 0 to 1000
          {"training": {"adversarialDomains": "room"}} | training.adversarialDomains is 'room'; expected one of [speaker, corpus]
          {"encoder": {"architecture": "cldnn"}, "training": {"centerWeight": 1}} | which a CLDNN does not have
          {"encoder": {"attention": {"width": 1000000}}} | encoder.attention: width is 1000000; expected 1 to 16384
          {"encoder": {"attention": {"heads": 3}}} | encoder.attention: heads is 3; expected a divisor of the width, 128
          {"encoder": {"attention": {"variant": "ca", "calibrationWindow": 4}}} | calibrationWindow is 4; expected an odd number
          {"encoder": {"attention": {"variant": "ca", "calibrationHidden": 0}}} | calibrationHidden is 0; expected 1 to 16384
          {"features": {"bands": 48}}     | 4 convolutions halve the bands 5 times, which does not divide 48
          {"features": {"fftSize": 500}}  | fftSize is 500; expected a power of two from 16 to 65536
          {"features": {"melScale": "bark"}} | features.melScale is 'bark'; expected one of [slaney, htk]
          {"features": {"sampleRate": 1}} | sampleRate is 1; expected
          {"format": "x"}                 | its format is 'x'; expected 'speech-emotion-recipe'
          {"version": 2, "new": 1}        | is version 2 of the format 'speech-emotion-recipe'; this toolkit reads version 1
          {"version": "x"}                | is version x of the format
          {"trim": 1, "trim": 2}          | is not JSON: line 1: Duplicate Object property "trim"
          {"trim": NaN}                   | is not JSON: line 1:
          {"trim":                        | is not JSON: line
          [1]                             | holds [1]; expected a JSON object
          """)
  void aFileThatIsNoRecipeIsRefusedInOneLineThatNamesTheKey(String json, String refusal) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(refusal)
        .hasMessageNotContaining("\n");
  }

  @Test
  void aFileThatIsMissingEmptyOrTooLargeIsNamed() throws IOException {
    assertThatThrownBy(() -> ExperimentSettings.read(file))
        .isInstanceOf(SerException.class)
        .hasMessage(file + ": there is no such file");
    assertThatThrownBy(() -> read(""))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining("expected a JSON object");
    assertThatThrownBy(() -> read(" ".repeat((1 << 20) + 1)))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("expected at most");
    assertThatThrownBy(() -> read("[".repeat(5000)))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(file + ": is not JSON")
        .hasMessageNotContaining("\n");
  }
}
