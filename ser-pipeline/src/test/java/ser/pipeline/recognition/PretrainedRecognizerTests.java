package ser.pipeline.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.Device;
import ser.api.EmotionRecognizer;
import ser.api.EmotionStream;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.api.SerException;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.attention.Encoder;
import ser.attention.EncoderSettings;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;
import ser.features.dsp.MelScale;
import ser.graph.spi.Backends;
import ser.graph.tensor.Tensor;
import ser.pipeline.modelpackage.Calibration;
import ser.pipeline.modelpackage.ClipRanges;
import ser.pipeline.modelpackage.EncoderReference;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.Standardization;
import ser.pipeline.modelpackage.TinyModel;
import ser.pipeline.pretrained.CachedEncoder;
import ser.pipeline.pretrained.StubEncoder;
import ser.pipeline.pretrained.StubEncoderProvider;

/** A model with random weights on the outputs of an encoder by hand, of 20 ms frames. */
class PretrainedRecognizerTests {
  private static final int RATE = 16_000;

  private final Path folder;
  private final ModelPackage model;
  private final EmotionRecognizer recognizer;

  PretrainedRecognizerTests(@TempDir Path folder) {
    this.folder = folder;
    this.model = written(folder.resolve("model"), description());
    this.recognizer = open(model);
  }

  private static ModelPackage written(Path folder, ModelDescription description) {
    Map<String, Tensor> weights = Encoder.inference(description.encoder()).initialParameters(5);
    ModelPackage.write(folder, description, weights, "# A card\n");
    return ModelPackage.read(folder);
  }

  private static EmotionRecognizer open(ModelPackage model) {
    return PackageRecognizer.open(
        model.withPretrained(new StubEncoder('a')),
        Backends.best().open(Device.CPU),
        RecognizerOptions.defaults());
  }

  @AfterEach
  void close() {
    recognizer.close();
  }

  private static EncoderSettings encoder() {
    return TinyModel.encoder().withProjection(6, 2);
  }

  private static ModelDescription description() {
    return description(
        encoder(),
        new FeatureSettings(
            FeatureKind.LOGMEL, RATE, 512, 400, 320, 64, 40, 0, 8000, MelScale.SLANEY, true, false),
        new Standardization(Collections.nCopies(6, 0.1f), Collections.nCopies(6, 0.3f)));
  }

  private static ModelDescription description(
      EncoderSettings encoder, FeatureSettings features, Standardization standardization) {
    return new ModelDescription(
        ModelDescription.FORMAT,
        ModelDescription.VERSION,
        TinyModel.LABELS,
        encoder,
        features,
        Optional.of(EncoderReference.to(new StubEncoder('a'))),
        9,
        standardization,
        "",
        TinyModel.training(),
        Calibration.none(),
        ClipRanges.unknown());
  }

  @Test
  void thePackageNamesTheEncoder() {
    assertThat(model.description().pretrained()).isEqualTo(description().pretrained());
    assertThat(model.description().encoder()).isEqualTo(encoder());
    assertThat(model.description().secondsPerStep()).isEqualTo(0.02);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 2.345, 19.9, 47})
  void anAnswerIsWhole(double seconds) {
    Recognition recognition = recognizer.recognize(Sounds.voice(1, 200, seconds, RATE), RATE);
    assertThat(recognition.probabilities()).hasSize(3);
    assertThat(recognition.stepSeconds()).isEqualTo(0.02);
    assertThat(recognition.attention()).hasSize(1 + (int) Math.floor(seconds * 50 + 1e-6));
    assertThat(recognition.attention().stream().mapToDouble(share -> share).sum())
        .isCloseTo(seconds > 20 ? Math.ceil(seconds / 20) : 1, within(1e-4));
  }

  private static void requireClose(
      Map<String, Double> actual, Map<String, Double> expected, double tolerance) {
    expected.forEach(
        (label, probability) ->
            assertThat(actual.get(label)).as(label).isCloseTo(probability, within(tolerance)));
  }

  @Test
  void aFileIsHeardAsItsSamplesAreAndAnyRate() {
    float[] samples = Sounds.voice(3, 180, 3, 44_100);
    Path file = Sounds.writeFloats(folder.resolve("x.wav"), samples, 44_100, 1);
    requireClose(
        recognizer.recognize(file).probabilities(),
        recognizer.recognize(samples, 44_100).probabilities(),
        1e-6);
  }

  @Test
  void aFileThatIsTooLongToBeHeldIsHeardInTheSameWindows() {
    // 150 s of one voice: what is heard of its beginning is heard of the whole.
    float[] samples = Sounds.voice(4, 150, 150, RATE);
    Path file = Sounds.writeFloats(folder.resolve("long.wav"), samples, RATE, 1);
    Recognition whole = recognizer.recognize(file);
    assertThat(whole.durationSeconds()).isEqualTo(150);
    assertThat(whole.attention()).hasSize(7501);
    Recognition beginning = recognizer.recognize(Arrays.copyOf(samples, 100 * RATE), RATE);
    requireClose(whole.probabilities(), beginning.probabilities(), 0.01);
  }

  @Test
  void aWindowOfAStreamIsHeardAsAClip() {
    float[] samples = Sounds.voice(5, 210, 9, RATE);
    List<WindowRecognition> windows = new ArrayList<>();
    try (EmotionStream stream = recognizer.stream(RATE, new StreamOptions(4, 1), windows::add)) {
      for (int from = 0; from < samples.length; from += 1234) {
        stream.push(samples, from, Math.min(1234, samples.length - from));
      }
      stream.finish();
    }
    assertThat(windows).hasSize(6);
    for (WindowRecognition window : windows) {
      int from = (int) Math.round(window.startSeconds() * RATE);
      int to = (int) Math.round(window.endSeconds() * RATE);
      requireClose(
          window.probabilities(),
          recognizer.recognize(Arrays.copyOfRange(samples, from, to), RATE).probabilities(),
          0.02);
    }
    Path file = Sounds.writeFloats(folder.resolve("s.wav"), samples, RATE, 1);
    List<WindowRecognition> timeline = new ArrayList<>();
    recognizer.timeline(file, new StreamOptions(4, 1), timeline::add);
    assertThat(timeline).hasSize(6);
    for (int i = 0; i < 6; i++) {
      requireClose(timeline.get(i).probabilities(), windows.get(i).probabilities(), 1e-6);
    }
  }

  /** A fusion with the log-mel features of every 10 ms. */
  @Test
  void aFusionClassifiesFilesOfAnyLengthAndStreams() {
    ModelDescription description =
        description(
            TinyModel.encoder().withFusion(6, 2),
            FeatureSettings.defaults(FeatureKind.LOGMEL),
            new Standardization(Collections.nCopies(70, -2f), Collections.nCopies(70, 3f)));
    ModelPackage fusion = written(folder.resolve("fusion"), description);
    assertThat(fusion.description().encoder()).isEqualTo(description.encoder());
    float[] samples = Sounds.voice(4, 150, 150, RATE);
    Path file = Sounds.writeFloats(folder.resolve("long.wav"), samples, RATE, 1);
    try (EmotionRecognizer opened = open(fusion)) {
      Recognition whole = opened.recognize(file); // too long to be held
      assertThat(whole.stepSeconds()).isEqualTo(0.04);
      assertThat(whole.attention()).hasSize(3751);
      float[] beginning = Arrays.copyOf(samples, 12 * RATE);
      Recognition clip = opened.recognize(beginning, RATE);
      requireClose(whole.probabilities(), clip.probabilities(), 0.02);
      List<WindowRecognition> windows = new ArrayList<>();
      try (EmotionStream stream = opened.stream(RATE, new StreamOptions(12, 12), windows::add)) {
        stream.push(beginning);
        stream.finish();
      }
      assertThat(windows).hasSize(1);
      requireClose(windows.get(0).probabilities(), clip.probabilities(), 1e-5);
    }
  }

  @Test
  void silenceHasNoEmotion() {
    List<WindowRecognition> windows = new ArrayList<>();
    try (EmotionStream stream = recognizer.stream(RATE, new StreamOptions(2, 2), windows::add)) {
      stream.push(new float[5 * RATE]);
      stream.finish();
    }
    assertThat(windows).isNotEmpty().allMatch(WindowRecognition::isSilent);
  }

  @Test
  void theEncoderMustBeGivenAndMustBeTheSame() {
    assertThatThrownBy(() -> EmotionRecognizer.load(folder.resolve("model")))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "The model takes the outputs of a pretrained encoder; give its file with --encoder or"
                + " RecognizerOptions.withEncoder (SHA-256 "
                + "a".repeat(64)
                + ")");
    assertThatThrownBy(() -> model.withPretrained(new StubEncoder('b')))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "The pretrained encoder is another file: its SHA-256 is %s, expected %s"
                .formatted("b".repeat(64), "a".repeat(64)));
    Path plain = TinyModel.write(folder.resolve("plain"));
    assertThatThrownBy(
            () ->
                EmotionRecognizer.load(
                    plain, RecognizerOptions.defaults().withEncoder(Path.of("x.onnx"))))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "The model takes log-mel features; expected no pretrained encoder, found x.onnx");
  }

  @Test
  void theEncoderIsClosedWithTheRecognizer() throws IOException {
    assertThat(loading("a.stub", RecognizerOptions.defaults(), ""))
        .singleElement()
        .extracting(StubEncoder::closes)
        .isEqualTo(1);
  }

  @Test
  void theEncoderIsClosedWhenTheModelCannotBeOpened() throws IOException {
    RecognizerOptions plain = RecognizerOptions.defaults();
    assertThat(loading("b.stub", plain, "The pretrained encoder is another file"))
        .singleElement()
        .extracting(StubEncoder::closes)
        .isEqualTo(1);
    RecognizerOptions referred = plain.withReference(List.of(folder.resolve("none.wav")));
    assertThat(loading("a.stub", referred, "neutral"))
        .singleElement()
        .extracting(StubEncoder::closes)
        .isEqualTo(1);
  }

  @Test
  void anEncoderThatCannotBeCachedIsClosed() throws IOException {
    StubEncoder encoder = new StubEncoder('a');
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> CachedEncoder.of(encoder, file)).isInstanceOf(SerException.class);
    assertThat(encoder.closes()).isEqualTo(1);
  }

  /** Loads the model and closes it again, or expects a refusal; returns the encoders opened. */
  private List<StubEncoder> loading(String name, RecognizerOptions options, String refusal)
      throws IOException {
    Path file = Files.createFile(folder.resolve(name));
    return StubEncoderProvider.openedDuring(
        folder.resolve("services"),
        () -> {
          RecognizerOptions all = options.withEncoder(file);
          if (refusal.isEmpty()) {
            EmotionRecognizer.load(folder.resolve("model"), all).close();
          } else {
            assertThatThrownBy(() -> EmotionRecognizer.load(folder.resolve("model"), all).close())
                .isInstanceOf(SerException.class)
                .hasMessageContaining(refusal);
          }
        });
  }
}
