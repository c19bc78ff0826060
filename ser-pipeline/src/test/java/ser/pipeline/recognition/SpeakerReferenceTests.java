package ser.pipeline.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.AudioException;
import ser.api.Device;
import ser.api.EmotionRecognizer;
import ser.api.EmotionStream;
import ser.api.FileResult;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.api.SerException;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.features.audio.AudioFiles;
import ser.graph.spi.Backend;
import ser.graph.spi.Backends;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.TinyModel;
import ser.pipeline.recognition.WindowClassifier.WindowScores;

class SpeakerReferenceTests {
  private static final int RATE = 16_000;

  private final Path folder;

  SpeakerReferenceTests(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void writeModel() {
    ModelPackage.write(folder.resolve("model"), TinyModel.adjustable(), TinyModel.weights(), "");
  }

  private EmotionRecognizer load(Path... reference) {
    return EmotionRecognizer.load(
        folder.resolve("model"), RecognizerOptions.defaults().withReference(List.of(reference)));
  }

  private static WindowScores window(double seconds, float... probabilities) {
    return new WindowScores(
        probabilities, new float[0], new float[0], (int) Math.round(100 * seconds));
  }

  @Test
  void theLogitsAreShiftedByTheWeightedDifferenceToNeutral() {
    // Logits of the references less their mean: ln 2, −ln 2, 0 and 0, 0, 0; weighted 2 : 1.
    double third = Math.log(2) * 2 / 3;
    double weight = 7.5 / (7.5 + 2.5);
    double[] shift = {weight * (0.8 - third), weight * (-0.3 + third), weight * -0.5};
    SpeakerReference reference =
        SpeakerReference.of(
            TinyModel.adjustable(),
            List.of(window(5, 4 / 7f, 1 / 7f, 2 / 7f), window(2.5, 1 / 3f, 1 / 3f, 1 / 3f)));
    float[] plain = {0.2f, 0.5f, 0.3f};
    double[] expected = new double[3];
    double sum = 0;
    for (int label = 0; label < 3; label++) {
      expected[label] = Math.exp((Math.log(plain[label]) + shift[label]) / TinyModel.ADJUSTED);
      sum += expected[label];
    }
    float[] adjusted = reference.apply(plain);
    for (int label = 0; label < 3; label++) {
      assertThat((double) adjusted[label]).isCloseTo(expected[label] / sum, within(1e-6));
    }
    assertThat(SpeakerReference.none().apply(plain)).isSameAs(plain);
  }

  @Test
  void probabilitiesOfZeroAreAdjustedToNumbers() {
    SpeakerReference reference =
        SpeakerReference.of(TinyModel.adjustable(), List.of(window(1e6, 0, 1, 0)));
    // Only a label that the reference excludes is left: its shift is beyond a float's range.
    assertThat(reference.apply(new float[] {0, 1, 0})).containsExactly(0, 1, 0);
    assertThat(reference.apply(new float[] {0.5f, 0.5f, 0})[0]).isGreaterThan(0.999f);
  }

  @Test
  void aRecogniserAdjustsFilesSamplesStreamsAndTimelines() {
    Path neutral = Sounds.write(folder.resolve("neutral.wav"), 5, 120, 3, RATE);
    float[] voice = Sounds.voice(4, 200, 1.5, RATE);
    Path file = Sounds.writeFloats(folder.resolve("x.wav"), voice, RATE, 1);
    try (EmotionRecognizer plain = load();
        EmotionRecognizer adjusted = load(neutral)) {
      Recognition unadjusted = plain.recognize(neutral);
      Frontend.Speech speech =
          Frontend.of(ModelPackage.read(folder.resolve("model"))).speech(AudioFiles.read(neutral));
      SpeakerReference expected =
          SpeakerReference.of(
              TinyModel.adjustable(),
              List.of(
                  window(
                      speech.features().frames() / 100.0,
                      floats(unadjusted.probabilities().values()))));
      requireAdjusted(expected, plain.recognize(file), adjusted.recognize(file));
      requireAdjusted(expected, plain.recognize(voice, RATE), adjusted.recognize(voice, RATE));
      List<WindowRecognition> before = timeline(plain, file);
      List<WindowRecognition> after = timeline(adjusted, file);
      assertThat(after).hasSameSizeAs(before).isNotEmpty();
      assertThat(stream(adjusted, voice)).isEqualTo(after);
      for (int i = 0; i < after.size(); i++) {
        requireAdjusted(
            expected,
            floats(before.get(i).probabilities().values()),
            floats(after.get(i).probabilities().values()));
      }
    }
  }

  @Test
  void anAdjustedAnswerHasAThresholdOfItsOwn() {
    Path neutral = Sounds.write(folder.resolve("neutral.wav"), 5, 120, 3, RATE);
    float[] voice = Sounds.voice(4, 200, 1.5, RATE);
    try (EmotionRecognizer plain = load();
        EmotionRecognizer adjusted = load(neutral)) {
      assertThat(plain.recognize(voice, RATE).doubts()).noneMatch(SpeakerReferenceTests::unsure);
      Recognition unsure = adjusted.recognize(voice, RATE);
      assertThat(unsure.probability(unsure.label())).isLessThan(0.9);
      assertThat(unsure.doubts())
          .anyMatch(doubt -> unsure(doubt) && doubt.contains("is below 0.90"));
    }
  }

  private static boolean unsure(String doubt) {
    return doubt.startsWith("unsure");
  }

  @Test
  void aLongReferenceCountsWindowByWindowAndFilesCountTogether() {
    Path shortOne = Sounds.write(folder.resolve("short.wav"), 5, 120, 3, RATE);
    for (double seconds : new double[] {45, 130}) {
      Path file = Sounds.write(folder.resolve("long.wav"), 6, 150, seconds, RATE);
      Path voice = Sounds.write(folder.resolve("x.wav"), 4, 200, 1.5, RATE);
      List<WindowScores> windows = new ArrayList<>();
      ModelPackage model = ModelPackage.read(folder.resolve("model"));
      try (Backend backend = Backends.best().open(Device.CPU);
          WindowClassifier classifier = WindowClassifier.compile(model, backend, Set.of());
          EmotionRecognizer plain = load();
          EmotionRecognizer adjusted =
              EmotionRecognizer.load(
                  folder.resolve("model"),
                  RecognizerOptions.defaults()
                      .withEmbedding(true)
                      .withReference(List.of(file, shortOne)))) {
        for (Path each : List.of(file, shortOne)) {
          Frontend.Speech speech = Frontend.of(model).speech(AudioFiles.read(each));
          windows.addAll(
              classifier.classify(
                  WindowClassifier.windows(model.description(), speech.features())));
        }
        assertThat(windows).hasSizeGreaterThan(3);
        SpeakerReference expected = SpeakerReference.of(model.description(), windows);
        requireAdjusted(expected, plain.recognize(voice), adjusted.recognize(voice));
        List<FileResult> results = adjusted.recognizeAll(List.of(voice));
        requireAdjusted(
            expected,
            plain.recognize(voice),
            ((FileResult.Recognized) results.get(0)).recognition());
        requireAdjusted(
            expected,
            floats(timeline(plain, voice).get(0).probabilities().values()),
            floats(timeline(adjusted, voice).get(0).probabilities().values()));
      }
    }
  }

  private static List<WindowRecognition> timeline(EmotionRecognizer recognizer, Path file) {
    List<WindowRecognition> windows = new ArrayList<>();
    recognizer.timeline(file, new StreamOptions(0.5, 0.25), windows::add);
    return windows;
  }

  private static List<WindowRecognition> stream(EmotionRecognizer recognizer, float[] samples) {
    List<WindowRecognition> windows = new ArrayList<>();
    try (EmotionStream stream =
        recognizer.stream(RATE, new StreamOptions(0.5, 0.25), windows::add)) {
      stream.push(samples, 0, samples.length);
      stream.finish();
    }
    return windows;
  }

  private static float[] floats(Iterable<Double> values) {
    List<Double> list = new ArrayList<>();
    values.forEach(list::add);
    float[] array = new float[list.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = list.get(i).floatValue();
    }
    return array;
  }

  private static void requireAdjusted(
      SpeakerReference expected, Recognition plain, Recognition adjusted) {
    requireAdjusted(
        expected,
        floats(plain.probabilities().values()),
        floats(adjusted.probabilities().values()));
    assertThat(adjusted.probability(adjusted.label()))
        .isEqualTo(adjusted.probabilities().values().stream().max(Double::compare).orElseThrow());
  }

  private static void requireAdjusted(SpeakerReference expected, float[] plain, float[] adjusted) {
    assertThat(adjusted).containsExactly(expected.apply(plain), within(1e-5f));
    assertThat(adjusted[0]).isNotCloseTo(plain[0], within(1e-3f));
  }

  @Test
  void whatIsNoReferenceIsRefused() {
    Path silent = Sounds.writeFloats(folder.resolve("silent.wav"), new float[RATE], RATE, 1);
    assertThatThrownBy(() -> load(silent))
        .isInstanceOf(AudioException.class)
        .hasMessageStartingWith("The reference cannot be used: " + silent + ": holds only silence");
    Path none = folder.resolve("none.wav");
    assertThatThrownBy(() -> load(none))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining(none.toString());
    Path neutral = Sounds.write(folder.resolve("neutral.wav"), 5, 120, 3, RATE);
    Path again = folder.resolve(".").resolve("neutral.wav");
    assertThatThrownBy(() -> load(neutral, again))
        .isInstanceOf(SerException.class)
        .hasMessage("The reference %s is given twice; expected each file once", again);
    TinyModel.write(folder.resolve("plain"));
    RecognizerOptions options = RecognizerOptions.defaults().withReference(List.of(neutral));
    assertThatThrownBy(() -> EmotionRecognizer.load(folder.resolve("plain"), options))
        .isInstanceOf(SerException.class)
        .hasMessageContaining(
            "expected a model that 'ser calibrate' wrote and that has a label neutral");
  }
}
