package ser.pipeline.modelpackage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.ModelException;
import ser.api.SerException;
import ser.api.spi.ModelProvider;
import ser.attention.CalibrationGate;
import ser.attention.CldnnSettings;
import ser.attention.ClipNormalization;
import ser.attention.Encoder;
import ser.attention.EncoderSettings;
import ser.attention.FocusBias;
import ser.attention.FocusSettings;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;
import ser.graph.tensor.Tensor;
import ser.pipeline.corpus.AudioFingerprint;
import ser.pipeline.corpus.RecordingIdentity;
import ser.pipeline.io.Sha256;
import ser.pipeline.json.StrictJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ModelPackageTests {
  private static final RecordingIdentity RECORDING = recording("2b");
  private static final RecordingIdentity ANOTHER_RECORDING = recording("f7");

  private final Path folder;
  private static final List<Double> NEUTRAL = List.of(0.8, -0.3, -0.5);

  private final Path description;
  private final Path weights;

  ModelPackageTests(@TempDir Path folder) {
    this.folder = TinyModel.write(folder.resolve("model"));
    this.description = this.folder.resolve(ModelPackage.DESCRIPTION);
    this.weights = this.folder.resolve(ModelPackage.WEIGHTS);
  }

  private static RecordingIdentity recording(String hexadecimal) {
    return new RecordingIdentity(
        hexadecimal.repeat(32),
        AudioFingerprint.ofBytes(HexFormat.of().parseHex(hexadecimal.repeat(20))));
  }

  private String refusal(Path file) {
    return Refusals.refusal(file, () -> ModelPackage.read(folder));
  }

  /**
   * Sets a field of the description, at a JSON pointer, to a JSON value; none removes it. The
   * description's digest is that of the result, so that the field itself is judged.
   */
  private void describe(String pointer, String value) throws IOException {
    alter(pointer, value);
    seal();
  }

  private void seal() throws IOException {
    ObjectNode json = (ObjectNode) StrictJson.MAPPER.readTree(Files.readString(description));
    json.put(DescriptionDigest.KEY, DescriptionDigest.of(json));
    Files.writeString(description, json.toString());
  }

  /** As {@link #describe}, and leaves the digest as it was. */
  private void alter(String pointer, String value) throws IOException {
    JsonNode json = JsonMapper.shared().readTree(Files.readString(description));
    int slash = pointer.lastIndexOf('/');
    ObjectNode parent = (ObjectNode) json.at(pointer.substring(0, slash));
    String name = pointer.substring(slash + 1);
    assertThat(parent.has(name)).as(pointer).isTrue();
    if (value.isEmpty()) {
      parent.remove(name);
    } else {
      parent.set(name, JsonMapper.shared().readTree(value));
    }
    Files.writeString(description, json.toString());
  }

  @Test
  void whatIsWrittenIsReadBack() {
    ModelPackage read = ModelPackage.read(folder);

    assertThat(read.weights()).isEqualTo(TinyModel.weights());
    assertThat(read.description().weightsSha256()).hasSize(64);
    assertThat(read.description())
        .usingRecursiveComparison()
        .ignoringFields("weightsSha256")
        .isEqualTo(TinyModel.description());
    assertThat(read.graph().parameters()).hasSameSizeAs(read.weights().keySet());
  }

  @Test
  void thePackageHoldsItsThreeFilesAndNothingElse() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("model.json", "weights.safetensors", "README.md");
    }
    assertThat(folder.resolve("README.md")).hasContent("# A card");
  }

  @Test
  void writingAgainReplaces() {
    Map<String, Tensor> other = Encoder.inference(TinyModel.encoder()).initialParameters(6);
    ModelPackage.write(folder, TinyModel.description(), other, "# Another\n");
    assertThat(ModelPackage.read(folder).weights()).isEqualTo(other);
  }

  @Test
  void theSameModelIsTheSameBytes(@TempDir Path elsewhere) throws IOException {
    Path again = TinyModel.write(elsewhere.resolve("a/b/c"));
    for (String file : List.of("model.json", "weights.safetensors", "README.md")) {
      assertThat(again.resolve(file)).hasSameBinaryContentAs(folder.resolve(file));
    }
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    Path none = folder.resolve("none");
    assertThat(Refusals.refusal(none, () -> ModelPackage.read(none)))
        .endsWith(
            "there is no model package here; expected a folder with model.json, weights.safetensors and README.md");
    assertThat(Refusals.refusal(description, () -> ModelPackage.read(description)))
        .endsWith(
            "there is no model package here; expected a folder with model.json, weights.safetensors and README.md");
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    Files.delete(weights);
    assertThat(refusal(weights)).endsWith("there is no such file");
    Files.delete(description);
    assertThat(refusal(description)).endsWith("there is no such file");
  }

  @Test
  void aMissingCardDoesNoHarm() throws IOException {
    Files.delete(folder.resolve(ModelPackage.CARD));
    assertThatCode(() -> ModelPackage.read(folder)).doesNotThrowAnyException();
  }

  @Test
  void truncatedFilesAreRefused() throws IOException {
    byte[] json = Files.readAllBytes(description);
    for (int length : new int[] {0, 1, 20, json.length / 2, json.length - 2}) {
      Files.write(description, Arrays.copyOf(json, length));
      assertThat(refusal(description)).contains("does not describe a model");
    }
    Files.write(description, json);
    byte[] tensors = Files.readAllBytes(weights);
    for (int length : new int[] {0, 7, 8, 100, tensors.length - 1}) {
      Files.write(weights, Arrays.copyOf(tensors, length));
      refusal(weights);
    }
  }

  @Test
  void anAlteredWeightIsNoticed() throws IOException {
    byte[] tensors = Files.readAllBytes(weights);
    tensors[tensors.length - 3] ^= 1;
    Files.write(weights, tensors);
    assertThat(refusal(weights)).contains("was altered");
  }

  @Test
  void aDescriptionBeyondSixteenMegabytesIsNotRead() throws IOException {
    Files.writeString(description, Files.readString(description) + " ".repeat(1 << 24));
    assertThat(refusal(description)).contains("expected at most 16777216");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "3", "{}", "not JSON", "{\"format\":"})
  void aDescriptionThatIsNoneIsRefused(String text) throws IOException {
    Files.writeString(description, text);
    assertThat(refusal(description)).contains("does not describe a model");
  }

  @Test
  void aDescriptionNestedWithoutEndIsRefused() throws IOException {
    Files.writeString(description, "{\"training\":{\"recipe\":{\"a\":" + "[".repeat(100_000));
    refusal(description);
    Files.writeString(description, "{\"a\":".repeat(100_000));
    refusal(description);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/format",
        "/version",
        "/labels",
        "/encoder",
        "/encoder/channels",
        "/encoder/attention",
        "/encoder/attention/heads",
        "/encoder/attention/focus",
        "/encoder/attention/focus/bias",
        "/encoder/attention/focus/initialWidth",
        "/encoder/blockDropout",
        "/features",
        "/features/hopLength",
        "/features/melScale",
        "/features/envelope",
        "/trim",
        "/standardization",
        "/standardization/deviation",
        "/weightsSha256",
        "/training",
        "/training/corpus",
        "/training/trainSpeakers",
        "/training/seed",
      })
  void everyFieldIsNeededAndNoneMayBeNull(String pointer) throws IOException {
    String whole = Files.readString(description);
    String name = pointer.substring(pointer.lastIndexOf('/') + 1);
    describe(pointer, "");
    assertThat(refusal(description)).contains(name);
    Files.writeString(description, whole);
    describe(pointer, "null");
    assertThat(refusal(description)).contains(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/format | \"zip\" | format 'zip' version 4; expected 'speech-emotion-model'",
        "/version | 5 | version 5 is newer than this toolkit reads (1 to 4)",
        "/version | 0 | version 0; expected",
        "/version | \"one\" | does not describe a model",
        "/labels | [\"calm\",\"sad\"] | 2 labels [calm, sad] for 3 classes",
        "/labels | [\"calm\",\"sad\",\"sad\"] | 3 labels [calm, sad, sad] for 3 classes",
        "/labels | [\"calm\",\"sad\",null] | does not describe a model",
        "/labels | [\"calm\",\"sad\",\" \"] | a label that is blank",
        "/labels | [\"calm\",\"sad\",\"a\\nb\"] | a label that is blank or not one line",
        "/labels | 3 | does not describe a model",
        "/encoder/classes | 4 | 3 labels [calm, happy, sad] for 4 classes",
        "/encoder/bands | 32 | 64 features, 64 means and 32 columns of the encoder",
        "/encoder/bands | 10 | which does not divide 10",
        "/encoder/channels | [] | found [2, 1] for 0",
        "/encoder/channels | [4,null] | does not describe a model",
        "/encoder/channels | [4,-4] | [4, -4] channels",
        "/encoder/timeStrides | [2,3] | found [2, 3] for 2",
        "/encoder/attention/heads | 3 | found 8 and 3",
        "/encoder/attention/variant | \"best\" | does not describe a model",
        "/encoder/attention/focus/bias | \"best\" | 'best'; expected one of [learnt-centre, local-centre, peak-centre, amplitude]",
        "/encoder/attention/focus/bias | \"amplitude\" | encoder.attention.focus.bias AMPLITUDE without features.envelope",
        "/encoder/attention/focus/initialWidth | 1 | a fraction above 0 and below 1, found 1.0",
        "/features/envelope | true | 65 features, 64 means and 65 columns of the encoder",
        "/encoder/blocks | -1 | -1 blocks",
        "/encoder/blockDropout | 1.5 | 1.5",
        "/encoder/blockDropout | \"NaN\" | NaN",
        "/encoder/classifierDropout | -0.1 | -0.1",
        "/features/kind | \"MFCC\" | 40 features, 64 means and 64 columns of the encoder",
        "/features/kind | \"RMS\" | 1 features, 64 means and 64 columns of the encoder",
        "/features/hopLength | 0 | hopLength is 0",
        "/features/fftSize | 1073741824 | fftSize is 1073741824",
        "/features/sampleRate | 0 | sampleRate is 0",
        "/encoder/blocks | 1.5 | encoder.blocks: found 1.5; expected a whole number",
        "/encoder/blocks | \"1\" | encoder.blocks: found \"1\"; expected a whole number",
        "/encoder/attention/heads | true | encoder.attention.heads: Cannot",
        "/encoder/attention/calibration | \"GLOBAL\" | 'GLOBAL'; expected one of [windowed, utterance",
        "/features/slaneyNorm | 1 | features.slaneyNorm: found 1; expected true or false",
        "/features/melScale | 0 | features.melScale: found 0; expected a text",
        "/trim | \"9\" | trim: found \"9\"; expected a number",
        "/training/corpus | 3 | training.corpus: found 3; expected a text",
        "/training/seed | 1.5 | training.seed: found 1.5; expected a whole number",
        "/training/trainSpeakers | {\"csv\":[1]} | training.trainSpeakers.csv: found 1; expected a text",
        "/training/trainSpeakers | [1] | training.trainSpeakers: Cannot deserialize",
        "/trim | -1 | trim -1.0; expected",
        "/trim | \"NaN\" | trim NaN; expected",
        "/trim | 1e999 | trim Infinity; expected",
        "/standardization/mean | [] | found 0 and 64",
        "/weightsSha256 | \"00\" | expected 00",
      })
  void wrongFieldsAreRefused(String pointer, String value, String reason) throws IOException {
    describe(pointer, value);
    assertThat(refusal(pointer.equals("/weightsSha256") ? weights : description)).contains(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"NaN\"", "\"Infinity\"", "1e999", "null", "\"x\""})
  void numbersThatCannotStandardiseAreRefused(String bad) throws IOException {
    String list = "[" + "0.5,".repeat(63) + bad + "]";
    String whole = Files.readString(description);
    describe("/standardization/mean", list);
    refusal(description);
    Files.writeString(description, whole);
    describe("/standardization/deviation", list);
    refusal(description);
  }

  /** Each of these would take hours or all memory to build. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/encoder/channels | [1000000000,4] | channels: 1000000000; expected at most",
        "/encoder/blocks | 1000000 | blocks: 1000000; expected at most",
        "/encoder/attention/width | 1000000000 | attention width: 1000000000",
        "/encoder/feedForward | 2147483647 | feed-forward width: 2147483647",
        "/encoder/poolingHidden | 2147483647 | pooling width: 2147483647",
        "/encoder/attention/calibrationHidden | 2147483647 | calibration width: 2147483647",
        "/encoder/attention/calibrationWindow | 2147483647 | calibration window: 2147483647",
        "/encoder/channels | [16384,16384] | too large",
        "/encoder/channels | [8192,8192] | parameters, expected at most 268435456",
      })
  void absurdSizesAreRefusedBeforeAnythingIsBuilt(String pointer, String value, String reason)
      throws IOException {
    describe(pointer, value);
    assertThat(refusal(description)).contains(reason);
  }

  @Test
  void convolutionsWithoutEndAreRefused() throws IOException {
    for (int count : new int[] {9, 31, 32, 33, 63, 50_000}) {
      describe("/encoder/channels", "[" + "4,".repeat(count - 1) + "4]");
      describe("/encoder/timeStrides", "[" + "2,".repeat(count - 1) + "2]");
      refusal(description);
    }
  }

  @Test
  void featuresThatAreNotLogMelAreRefusedWhateverTheirNumber() throws IOException {
    describe("/features/coefficients", "64");
    describe("/features/kind", "\"MFCC\"");
    assertThat(refusal(description)).contains("features MFCC and trim 9.0; expected LOGMEL");
  }

  @Test
  void anEncoderOfOtherSizesDoesNotFitTheWeights() throws IOException {
    describe("/encoder/feedForward", "16");
    assertThat(refusal(weights)).contains("tensor 'block0.hidden.weight' is F32[8, 8]");
  }

  @Test
  void fieldsOfLaterVersionsAreIgnored() throws IOException {
    String text = Files.readString(description);
    Files.writeString(description, text.replaceFirst("\\{", "{\"later\": [1, {}], "));
    seal();
    assertThat(ModelPackage.read(folder).weights()).isEqualTo(TinyModel.weights());
  }

  @Test
  void anyDamageToTheDescriptionIsEitherRefusedOrHarmless() throws IOException {
    byte[] whole = Files.readAllBytes(description);
    for (int seed = 0; seed < 400; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] damaged = whole.clone();
      byte[] likely = "0123456789-[]{}\",:eN".getBytes(StandardCharsets.US_ASCII);
      for (int change = 0; change < 1 + seed % 3; change++) {
        damaged[random.nextInt(damaged.length)] = likely[random.nextInt(likely.length)];
      }
      Files.write(description, damaged);
      assertThatCode(
              () -> {
                try {
                  ModelPackage.read(folder);
                } catch (ModelException refused) {
                  assertThat(refused.getMessage()).contains(folder.toString()).hasLineCount(1);
                }
              })
          .as("seed %d", seed)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void weightsThatDoNotFitAreNotWritten() {
    Path out = folder.resolve("other");
    Map<String, Tensor> lacking = new LinkedHashMap<>(TinyModel.weights());
    lacking.remove("classifier.weight");
    assertThatThrownBy(() -> ModelPackage.write(out, TinyModel.description(), lacking, ""))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("classifier.weight");
    Map<String, Tensor> misshapen = new LinkedHashMap<>(TinyModel.weights());
    misshapen.put("classifier.weight", Tensor.scalar(0));
    assertThatThrownBy(() -> ModelPackage.write(out, TinyModel.description(), misshapen, ""))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("classifier.weight");
    assertThat(out).doesNotExist();
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamedAndLeftAlone() {
    assertThatThrownBy(() -> TinyModel.write(description))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(description + ": ")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> TinyModel.write(weights.resolve("inside")))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(weights + "/inside: ");
    assertThatCode(() -> ModelPackage.read(folder)).doesNotThrowAnyException();
  }

  @Test
  void aWriteThatFailsHalfwayLeavesNoDescription(@TempDir Path elsewhere) throws IOException {
    Files.createDirectories(elsewhere.resolve(ModelPackage.CARD));
    assertThatThrownBy(() -> TinyModel.write(elsewhere))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("README.md");
    assertThat(elsewhere.resolve(ModelPackage.DESCRIPTION)).doesNotExist();
    try (Stream<Path> files = Files.list(elsewhere)) {
      assertThat(files.filter(file -> file.toString().endsWith(".tmp"))).isEmpty();
    }
  }

  /** The package as a jar has it. */
  private record Jar(Path folder) implements ModelProvider {
    @Override
    public String name() {
      return "tiny";
    }

    @Override
    public InputStream open(String file) throws IOException {
      return Files.newInputStream(folder.resolve(file));
    }
  }

  private String refusal(ModelProvider jar, String file) {
    Throwable thrown = catchThrowable(() -> ModelPackage.read(jar));
    assertThat(thrown)
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("The model 'tiny', " + file + ": ");
    return String.valueOf(thrown.getMessage());
  }

  @Test
  void aPackageInAJarIsThatOfItsFolder() {
    assertThat(ModelPackage.read(new Jar(folder))).isEqualTo(ModelPackage.read(folder));
  }

  @Test
  void aJarWithoutAModelIsRefusedByASentence() throws IOException {
    Files.delete(weights);
    assertThat(refusal(new Jar(folder), "weights.safetensors")).endsWith("there is no such file");
    Files.delete(description);
    assertThat(refusal(new Jar(folder), "model.json")).endsWith("there is no such file");
    ModelProvider asClassLoadersAnswer =
        new ModelProvider() {
          @Override
          public String name() {
            return "tiny";
          }

          @Override
          @SuppressWarnings("NullAway") // what a careless provider does
          public InputStream open(String file) {
            return ModelPackageTests.class.getResourceAsStream("no/" + file);
          }
        };
    assertThat(refusal(asClassLoadersAnswer, "model.json"))
        .endsWith("cannot be read: its jar has no such file");
  }

  @Test
  void damagedFilesInAJarAreRefused() throws IOException {
    byte[] tensors = Files.readAllBytes(weights);
    for (int length : new int[] {0, 7, 8, 100, tensors.length - 1}) {
      Files.write(weights, Arrays.copyOf(tensors, length));
      refusal(new Jar(folder), "weights.safetensors");
    }
    tensors[tensors.length - 3] ^= 1;
    Files.write(weights, tensors);
    assertThat(refusal(new Jar(folder), "weights.safetensors")).contains("was altered");
    Files.writeString(description, Files.readString(description) + " ".repeat(1 << 24));
    assertThat(refusal(new Jar(folder), "model.json")).contains("expected at most 16777216");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2147483648", "-2147483648", "10001"})
  void absurdStatisticsAreRefused(String number) throws IOException {
    String whole = Files.readString(description);
    describe("/standardization/mean", "[" + "0.5,".repeat(63) + number + "]");
    assertThat(refusal(description)).contains("a standardisation with ");
    Files.writeString(description, whole);
    describe("/standardization/deviation", "[" + "0.5,".repeat(63) + number + "]");
    refusal(description);
  }

  @Test
  void aTrainingRecordDeeperThanAnyRecipeIsRefused() throws IOException {
    alter("/training/recipe", "{\"a\":" + "[".repeat(40) + "]".repeat(40) + "}");
    assertThat(refusal(description)).contains("does not describe a model");
  }

  @Test
  void aNewerVersionIsNamedWhateverItsFields() throws IOException {
    Files.writeString(description, "{\"format\": \"speech-emotion-model\", \"version\": 7}");
    assertThat(refusal(description))
        .endsWith("version 7 is newer than this toolkit reads (1 to 4)");
  }

  /** Each changes what the model answers, or what it says about itself, and fits everywhere. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/labels | [\"happy\",\"calm\",\"sad\"]",
        "/features/minHz | 50.0",
        "/features/slaneyNorm | false",
        "/encoder/attention/calibrationWindow | 7",
        "/trim | 8.0",
        "/training/trainSpeakers | {\"made-up\":[\"anna\"]}",
        "/training/recordings | \"\"",
        "/training/metrics | {\"UA\":0.9}",
      })
  void anAlteredDescriptionIsRefused(String pointer, String value) throws IOException {
    TrainingRecord training =
        TinyModel.training()
            .withRecordings(RecordingDigests.of(List.of(RECORDING, ANOTHER_RECORDING)));
    ModelPackage.write(
        folder, TinyModel.description().withTraining(training), TinyModel.weights(), "");
    assertThatCode(() -> ModelPackage.read(folder)).doesNotThrowAnyException();
    alter(pointer, value);
    assertThat(refusal(description)).contains("was altered: the SHA-256 of its values is ");
    seal();
    assertThatCode(() -> ModelPackage.read(folder)).doesNotThrowAnyException();
  }

  @Test
  void anAlteredStandardisationIsRefused() throws IOException {
    String text = Files.readString(description);
    Files.writeString(description, text.replaceFirst("-8\\.0", "-8.5"));
    assertThat(refusal(description)).contains("was altered: the SHA-256 of its values is ");
  }

  @Test
  void theSpellingOfADescriptionDoesNotMatter() throws IOException {
    ObjectNode json = (ObjectNode) StrictJson.MAPPER.readTree(Files.readString(description));
    ObjectNode reversed = StrictJson.MAPPER.createObjectNode();
    List<String> keys = new ArrayList<>(json.propertyNames());
    Collections.reverse(keys);
    keys.forEach(key -> reversed.set(key, json.get(key)));
    Files.writeString(description, reversed.toString().replace("-8.0", "-80e-1"));
    assertThat(ModelPackage.read(folder).description().labels()).isEqualTo(TinyModel.LABELS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/encoder/attention/calibrationWindow | 1.5",
        "/encoder/attention/calibrationWindow | 9.0",
        "/encoder/attention/calibrationWindow | \"9\"",
        "/encoder/timeStrides | [2,1.5]",
        "/encoder/timeStrides | [2,\"1\"]",
        "/encoder/timeStrides | [true,1]",
        "/encoder/blockDropout | \"0.1\"",
        "/encoder/blockDropout | \"\"",
        "/encoder/blockDropout | false",
        "/features/minHz | \"0\"",
        "/features/slaneyNorm | \"true\"",
        "/labels | [\"calm\",\"happy\",3]",
        "/labels | [\"calm\",\"happy\",true]",
        "/weightsSha256 | 3",
        "/standardization/mean | [\"1\"]",
        "/training/fold | \"1\"",
        "/training/fold | 1.0",
        "/training/fold | \"\"",
        "/training/protocol | 1.5",
        "/training/epochs | true",
        "/training/metrics | {\"UA\":\"0.5\"}",
        "/training/versions | {\"java\":17}",
        "/training/recordings | 5",
        "/training/trainSpeakers | {\"made-up\":[\"anna\",2]}",
      })
  void aValueOfAnotherTypeIsNeverConverted(String pointer, String value) throws IOException {
    describe(pointer, value);
    assertThat(refusal(description))
        .contains("does not describe a model: " + pointer.substring(1).replace('/', '.'))
        .containsPattern("found .+; expected |Cannot deserialize");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/encoder/attention/calibration | \"WINDOWED\"",
        "/features/kind | \"LOGMEL\"",
        "/features/kind | \"LogMel\"",
        "/features/melScale | \"SLANEY\"",
      })
  void constantsAreReadInAnyCase(String pointer, String value) throws IOException {
    describe(pointer, value);
    assertThat(ModelPackage.read(folder).description().encoder()).isEqualTo(TinyModel.encoder());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/training/fold | 0 | training.fold: 0; expected 1 or more",
        "/training/epochs | -1 | training.epochs: -1; expected 0 or more",
        "/calibration/threshold | 7 | calibration.threshold: 7.0; expected 0.0 to 1.0",
        "/calibration/risk | -0.1 | calibration.risk: -0.1; expected 0.0 to 1.0",
        "/calibration/coverage | 1.5 | calibration.coverage: 1.5; expected 0.0 to 1.0",
        "/calibration/temperature | 1e300 | calibration.temperature: 1.0E300; expected 0.001 to",
        "/calibration/clips | -1 | calibration.clips: -1; expected 0 or more",
        "/calibration/speakers | -1 | calibration.speakers: -1; expected 0 or more",
        "/clips | {\"seconds\":[3,1]} | clips.seconds: 3.0 to 1.0; expected the lower end first",
        "/clips | {\"seconds\":[-3,1]} | clips.seconds: -3.0; expected 0.0 to",
        "/clips | {\"levelDb\":[-50,1e999]} | clips.levelDb: Infinity; expected -110.0 to 310.0",
        "/clips | {\"seconds\":[1]} | clips.seconds has 1 numbers; expected two",
        "/training/recordings | \"%\" | training.recordings is not Base64",
        "/training/recordings | \"AAAA\" | 3 bytes of recordings; expected a multiple of 28",
        "/training/recipe | {\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{}}}}}}} | training.recipe is nested more than 6",
        "/standardization/mean | 0 | a standardisation with the mean 0 in every band",
        "/standardization/mean | -25 | a standardisation with the mean -25.0; expected -24.0 to 60.0",
        "/standardization/deviation | 0 | deviation",
        "/standardization/deviation | 0.00001 | a standardisation with the deviation 1.0E-5",
        "/standardization/deviation | 43 | a standardisation with the deviation 43.0",
      })
  void recordsAndStatisticsOutOfBoundsAreRefused(String pointer, String value, String reason)
      throws IOException {
    describe(
        pointer,
        pointer.startsWith("/standardization")
            ? "[" + (value + ",").repeat(63) + value + "]"
            : value);
    assertThat(refusal(description)).contains(reason);
  }

  @Test
  void aTrainingRecordOfAbsurdSizeIsRefused() throws IOException {
    String whole = Files.readString(description);
    describe("/training/corpus", "\"" + "x".repeat(1_001) + "\"");
    assertThat(refusal(description)).contains("training.corpus has a text of 1001 characters");
    Files.writeString(description, whole);
    describe("/training/recipe", "{\"speeds\":[" + "1,".repeat(1_000) + "1]}");
    assertThat(refusal(description)).contains("training.recipe has 1001 values; expected at most");
    Files.writeString(description, whole);
    describe("/training/testSpeakers", "{\"made-up\":[\"" + "x".repeat(1_001) + "\"]}");
    assertThat(refusal(description)).contains("training.testSpeakers has a text of 1001");
  }

  @Test
  void theRecordOf1200RecordingsTakesLessThan50Kilobytes() throws IOException {
    List<RecordingIdentity> recordings = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      recordings.add(
          new RecordingIdentity(new Sha256().add("" + i).hex(), RECORDING.fingerprint()));
    }
    long before = Files.size(description);
    TrainingRecord training = TinyModel.training().withRecordings(RecordingDigests.of(recordings));
    ModelPackage.write(
        folder, TinyModel.description().withTraining(training), TinyModel.weights(), "");
    assertThat(Files.size(description) - before).isLessThan(50_000);
    assertThat(ModelPackage.read(folder).description().training()).isEqualTo(training);
  }

  @Test
  void anAttentionByTheEnvelopeIsReadBackEqual() {
    FeatureSettings features = FeatureSettings.defaults(FeatureKind.LOGMEL).withEnvelope(true);
    EncoderSettings encoder =
        TinyModel.encoder()
            .withEnvelope(true)
            .withAttention(
                TinyModel.encoder()
                    .attention()
                    .withFocus(new FocusSettings(FocusBias.PEAK_CENTRE, 0.1))
                    .withCalibration(CalibrationGate.CBAM, 9, 16));
    ModelDescription described =
        new ModelDescription(
            ModelDescription.FORMAT,
            ModelDescription.VERSION,
            TinyModel.LABELS,
            encoder,
            features,
            Optional.empty(),
            9,
            new Standardization(Collections.nCopies(65, -8f), Collections.nCopies(65, 4f))
                .withoutEnvelope(),
            "",
            TinyModel.training(),
            Calibration.none(),
            ClipRanges.unknown());
    Map<String, Tensor> weights = Encoder.inference(encoder).initialParameters(5);
    ModelPackage.write(folder, described, weights, "");
    ModelPackage read = ModelPackage.read(folder);
    assertThat(read.description())
        .usingRecursiveComparison()
        .ignoringFields("weightsSha256")
        .isEqualTo(described);
    assertThat(read.weights()).containsOnlyKeys(weights.keySet());
  }

  @Test
  void aCldnnIsReadBackEqual() throws IOException {
    CldnnSettings cldnn = CldnnSettings.of(64, TinyModel.LABELS.size()).withWidths(20, 8, 2, 4);
    ModelDescription described =
        new ModelDescription(
            ModelDescription.FORMAT,
            ModelDescription.VERSION,
            TinyModel.LABELS,
            cldnn,
            TinyModel.description().features(),
            Optional.empty(),
            9,
            TinyModel.description().standardization(),
            "",
            TinyModel.training(),
            Calibration.none(),
            ClipRanges.unknown());
    Map<String, Tensor> weights = Encoder.inference(cldnn).initialParameters(5);
    ModelPackage.write(folder, described, weights, "");
    ModelPackage read = ModelPackage.read(folder);
    assertThat(read.description().encoder()).isEqualTo(cldnn);
    assertThat(read.weights()).containsOnlyKeys(weights.keySet());
    describe("/encoder/architecture", "\"gru\"");
    assertThat(refusal(description))
        .contains(
            "encoder.architecture \"gru\"; expected one of [cnn-attention, projection-attention, fusion-attention, cldnn]");
    describe("/encoder/architecture", "\"cldnn\"");
    describe("/encoder/hidden", "1000000000");
    assertThat(refusal(description)).contains("hidden elements: 1000000000; expected at most");
  }

  @Test
  void anArchitectureThatIsNotStatedIsTheFirst() throws IOException {
    assertThat(description).content().contains("\"architecture\" : \"cnn-attention\"");
    describe("/encoder/architecture", "");
    assertThat(description).content().doesNotContain("architecture");
    assertThat(ModelPackage.read(folder).description().encoder()).isEqualTo(TinyModel.encoder());
  }

  @Test
  void anEarlierVersionHasNoneOfTheLaterSettings() {
    assertThatThrownBy(
            () ->
                new ModelDescription(
                    ModelDescription.FORMAT,
                    2,
                    TinyModel.LABELS,
                    TinyModel.encoder()
                        .withAttention(
                            TinyModel.encoder()
                                .attention()
                                .withFocus(new FocusSettings(FocusBias.LOCAL_CENTRE, 0.5))),
                    TinyModel.description().features(),
                    Optional.empty(),
                    9,
                    TinyModel.description().standardization(),
                    "",
                    TinyModel.training(),
                    Calibration.none(),
                    ClipRanges.unknown()))
        .isInstanceOf(ModelException.class)
        .hasMessage("version 2 with an architecture, attention or envelope of version 3");
  }

  /** Written by the toolkit of their time; kept for ever. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void earlierVersionsAreReadAndWrittenAsTheyWere(int version) throws Exception {
    Path earlier =
        Path.of(
            Objects.requireNonNull(
                    ModelPackageTests.class.getResource("model-v" + version + "/model.json"))
                .toURI());
    TrainingRecord training =
        TinyModel.training()
            .withRecordings(RecordingDigests.of(List.of(RECORDING, ANOTHER_RECORDING)));
    ModelPackage read = ModelPackage.read(earlier.resolveSibling(""));
    assertThat(read.description())
        .usingRecursiveComparison()
        .ignoringFields("weightsSha256", "version")
        .isEqualTo(TinyModel.description().withTraining(training));
    assertThat(read.description().version()).isEqualTo(version);
    ModelPackage.write(folder, read.description(), read.weights(), "");
    assertThat(description).as("still its version").hasSameTextualContentAs(earlier);
    Calibration calibration = new Calibration(1.5, 0.6, 0.2, 0.4, 100, 10, adjusted(NEUTRAL));
    ModelPackage.write(folder, read.description().withCalibration(calibration), read.weights(), "");
    assertThat(ModelPackage.read(folder).description().version()).isEqualTo(4);
    assertThat(ModelPackage.read(folder).description().calibration()).isEqualTo(calibration);
  }

  @Test
  void aNormalizationAndACalibrationAreReadBackAndNeedVersion4() {
    ModelDescription tiny = TinyModel.description();
    ModelDescription described =
        new ModelDescription(
            ModelDescription.FORMAT,
            ModelDescription.VERSION,
            TinyModel.LABELS,
            TinyModel.encoder().withNormalization(ClipNormalization.CHANNEL),
            tiny.features(),
            Optional.empty(),
            9,
            tiny.standardization(),
            "",
            TinyModel.training(),
            new Calibration(1.5, 0.6, 0.2, 0.4, 100, 10, adjusted(NEUTRAL)),
            new ClipRanges(Map.of(ClipMeasure.LEVEL, new ClipRanges.Range(-50, -20.5))));
    Map<String, Tensor> weights = Encoder.inference(described.encoder()).initialParameters(5);
    ModelPackage.write(folder, described, weights, "");
    assertThat(ModelPackage.read(folder).description())
        .usingRecursiveComparison()
        .ignoringFields("weightsSha256")
        .isEqualTo(described);
    assertThatThrownBy(
            () ->
                new ModelDescription(
                    ModelDescription.FORMAT,
                    3,
                    TinyModel.LABELS,
                    described.encoder(),
                    tiny.features(),
                    Optional.empty(),
                    9,
                    tiny.standardization(),
                    "",
                    TinyModel.training(),
                    Calibration.none(),
                    ClipRanges.unknown()))
        .isInstanceOf(ModelException.class)
        .hasMessage("version 3 with a normalization, calibration or clips of version 4");
    assertThatThrownBy(() -> new Calibration(0, 0.6, 0.2, 0.4, 100, 10, adjusted(NEUTRAL)))
        .isInstanceOf(ModelException.class)
        .hasMessage("calibration.temperature: 0.0; expected 0.001 to 1000.0");
    assertThatThrownBy(
            () -> new Calibration(1, 0.6, 0.2, 0.4, 100, 10, adjusted(List.of(Double.NaN))))
        .isInstanceOf(ModelException.class)
        .hasMessage("calibration.neutral: NaN; expected -10000.0 to 10000.0");
    Calibration two = new Calibration(1, 0.6, 0.2, 0.4, 100, 10, adjusted(List.of(1.0, -1.0)));
    assertThatThrownBy(() -> described.withCalibration(two))
        .isInstanceOf(ModelException.class)
        .hasMessage("2 neutral logits for 3 labels; expected one for each label");
  }

  private static Optional<AdjustedCalibration> adjusted(List<Double> neutral) {
    return Optional.of(new AdjustedCalibration(neutral, 0.75, 0.7, 0.3));
  }

  @Test
  void aCalibrationWithoutNeutralLogitsOrAdjustedTemperatureIsRead() throws IOException {
    Calibration calibration = new Calibration(1.5, 0.6, 0.2, 0.4, 100, 10, adjusted(NEUTRAL));
    ModelPackage.write(
        folder, TinyModel.description().withCalibration(calibration), TinyModel.weights(), "");
    describe("/calibration/adjustedTemperature", "");
    assertThat(ModelPackage.read(folder).description().calibration().adjusted())
        .contains(new AdjustedCalibration(NEUTRAL, 1, 0.6, 0.4));
    describe("/calibration/neutral", "");
    assertThat(ModelPackage.read(folder).description().calibration())
        .isEqualTo(new Calibration(1.5, 0.6, 0.2, 0.4, 100, 10, Optional.empty()));
    assertThatThrownBy(() -> new AdjustedCalibration(NEUTRAL, 0, 0.7, 0.3))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("calibration.adjustedTemperature: 0.0; expected ");
  }

  /** Written by the first release of the format; kept for ever. */
  @Test
  void versionOneIsRead() throws Exception {
    Path first =
        Path.of(
            Objects.requireNonNull(ModelPackageTests.class.getResource("model-v1/model.json"))
                .toURI());
    ModelPackage read = ModelPackage.read(first.resolveSibling(""));
    assertThat(read.description())
        .usingRecursiveComparison()
        .ignoringFields("weightsSha256", "version", "training.recordings")
        .isEqualTo(TinyModel.description());
    assertThat(read.description().version()).isEqualTo(1);
    assertThat(read.description().training().recordings()).isEmpty();
    assertThat(read.weights()).containsOnlyKeys(TinyModel.weights().keySet());
    ModelPackage.write(folder, read.description(), read.weights(), "");
    assertThat(description).as("still version 1").hasSameTextualContentAs(first);
  }
}
