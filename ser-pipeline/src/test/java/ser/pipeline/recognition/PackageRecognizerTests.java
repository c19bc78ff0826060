package ser.pipeline.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
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
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.AudioException;
import ser.api.AudioInput;
import ser.api.BackendException;
import ser.api.ChannelSelection;
import ser.api.Device;
import ser.api.EmotionRecognizer;
import ser.api.FileResult;
import ser.api.ModelException;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.api.SerException;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.attention.Encoder;
import ser.attention.FocusFold;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;
import ser.features.dsp.MelScale;
import ser.graph.ir.Graph;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.TinyModel;
import ser.pipeline.recognition.WindowClassifier.WindowScores;

/** The model's weights are random: its answers mean nothing, but must be whole and the same. */
class PackageRecognizerTests {
  private static final double STEP = 0.04;

  private final Path folder;
  private final EmotionRecognizer recognizer;

  PackageRecognizerTests(@TempDir Path folder) {
    this.folder = folder;
    this.recognizer = EmotionRecognizer.load(TinyModel.write(folder.resolve("model")));
  }

  @AfterEach
  void close() {
    recognizer.close();
  }

  private static void requireWhole(Recognition heard, double seconds) {
    assertThat(heard.probabilities().keySet()).containsExactlyElementsOf(TinyModel.LABELS);
    assertThat(sum(heard.probabilities().values())).isCloseTo(1, within(1e-5));
    assertThat(heard.probabilities().values()).allMatch(p -> p > 0 && p < 1);
    assertThat(heard.probabilities().get(heard.label()))
        .isEqualTo(Collections.max(heard.probabilities().values()));
    assertThat(heard.durationSeconds()).isCloseTo(seconds, within(1e-3));
    assertThat(heard.stepSeconds()).isCloseTo(STEP, within(1e-9));
    int frames = 1 + (int) Math.floor(seconds * 100 + 1e-6);
    assertThat(heard.attention()).hasSize((frames + 3) / 4).allMatch(received -> received >= 0);
  }

  private static double sum(Iterable<Double> values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  private static void requireSame(Recognition actual, Recognition expected, double tolerance) {
    assertThat(actual.label()).isEqualTo(expected.label());
    expected
        .probabilities()
        .forEach(
            (label, probability) ->
                assertThat(actual.probabilities().get(label))
                    .as(label)
                    .isCloseTo(probability, within(tolerance)));
    assertThat(actual.attention()).hasSameSizeAs(expected.attention());
    for (int step = 0; step < expected.attention().size(); step++) {
      assertThat(actual.attention().get(step))
          .as("attention of step %d", step)
          .isCloseTo(expected.attention().get(step), within(tolerance));
    }
  }

  @Test
  void anApplicationSeesTheLabelsAndTheBackend() {
    assertThat(recognizer.labels()).isEqualTo(TinyModel.LABELS);
    assertThat(recognizer.backend()).isEqualTo("djl");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 1, 2.345, 19.9})
  void anAnswerIsWhole(double seconds) {
    Recognition heard = recognizer.recognize(Sounds.voice(1, 200, seconds, 16_000), 16_000);
    requireWhole(heard, seconds);
    assertThat(sum(heard.attention())).isCloseTo(1, within(1e-4));
  }

  @ParameterizedTest
  @ValueSource(ints = {8_000, 11_025, 44_100, 48_000})
  void anyRateIsHeard(int rate) {
    requireWhole(recognizer.recognize(Sounds.voice(1, 200, 1.5, rate), rate), 1.5);
    Path file = Sounds.write(folder.resolve("x.wav"), 1, 200, 1.5, rate);
    requireWhole(recognizer.recognize(file), 1.5);
  }

  @Test
  void channelsAreAveraged() {
    float[] samples = Sounds.voice(2, 180, 1.2, 16_000);
    Path mono = Sounds.writeFloats(folder.resolve("mono.wav"), samples, 16_000, 1);
    Path stereo = Sounds.writeFloats(folder.resolve("stereo.wav"), samples, 16_000, 2);
    assertThat(recognizer.recognize(stereo)).isEqualTo(recognizer.recognize(mono));
  }

  @Test
  void samplesAndTheirFileHaveOneAnswer() {
    float[] samples = Sounds.voice(2, 180, 1.2, 44_100);
    Path file = Sounds.writeFloats(folder.resolve("x.wav"), samples, 44_100, 1);
    assertThat(recognizer.recognize(samples, 44_100)).isEqualTo(recognizer.recognize(file));
  }

  @Test
  void silenceAroundSpeechGetsNoAttentionAndChangesNothing() {
    float[] speech = Sounds.voice(3, 220, 1, 16_000);
    float[] padded = new float[4 * 16_000];
    System.arraycopy(speech, 0, padded, 2 * 16_000, speech.length);

    Recognition heard = recognizer.recognize(padded, 16_000);

    requireWhole(heard, 4);
    assertThat(sum(heard.attention())).isCloseTo(1, within(1e-4));
    // Speech is from 2 to 3 s; a margin of 0.1 s is kept and then whole steps.
    assertThat(heard.attention().subList(0, (int) (1.8 / STEP))).containsOnly(0.0);
    assertThat(heard.attention().subList((int) (3.2 / STEP), heard.attention().size()))
        .containsOnly(0.0);
    assertThat(heard.attention().subList((int) (2 / STEP), (int) (3 / STEP)))
        .allMatch(received -> received > 0);
  }

  @Test
  void silenceIsRefused() {
    float[] samples = new float[16_000];
    samples[100] = 0.99e-4f;
    assertThatThrownBy(() -> recognizer.recognize(samples, 16_000))
        .isInstanceOf(AudioException.class)
        .hasMessage(
            "The clip: holds only silence, a peak of 0.000099 of full scale, expected speech");
    samples[100] = 1.01e-4f;
    requireWhole(recognizer.recognize(samples, 16_000), 1);
  }

  @Test
  void aBatchGivesTheAnswersOfItsClipsAlone() {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 20; i++) { // more than one batch
      double seconds = 0.1 + 0.17 * ((i * 7) % 20);
      files.add(Sounds.write(folder.resolve(i + ".wav"), i, 100 + 20 * i, seconds, 16_000));
    }

    List<FileResult> outcomes = recognizer.recognizeAll(files);

    assertThat(outcomes.stream().map(FileResult::file)).isEqualTo(files);
    for (FileResult outcome : outcomes) {
      assertThat(outcome).isInstanceOf(FileResult.Recognized.class);
      requireSame(
          ((FileResult.Recognized) outcome).recognition(),
          recognizer.recognize(outcome.file()),
          1e-5);
    }
  }

  @Test
  void goodFilesAreAnsweredAndBadOnesNamedInOrder() throws IOException {
    Path good = Sounds.write(folder.resolve("good.wav"), 1, 200, 1, 16_000);
    byte[] wav = Files.readAllBytes(good);
    Path truncated = Files.write(folder.resolve("cut.wav"), Arrays.copyOf(wav, 20_000));
    Path empty = Files.write(folder.resolve("empty.wav"), new byte[0]);
    Path text = Files.writeString(folder.resolve("text.wav"), "this is not audio at all");
    Path none = folder.resolve("none.wav");
    Path shortest = Sounds.write(folder.resolve("short.wav"), 1, 200, 0.01, 16_000);
    float[] nan = Sounds.voice(1, 200, 1, 16_000);
    nan[777] = Float.NaN;
    Path notNumbers = Sounds.writeFloats(folder.resolve("nan.wav"), nan, 16_000, 1);
    Path other = Sounds.write(folder.resolve("other.wav"), 2, 300, 0.7, 16_000);
    List<Path> files =
        List.of(truncated, good, empty, text, none, shortest, folder, notNumbers, other, good);

    List<FileResult> outcomes = recognizer.recognizeAll(files);

    assertThat(outcomes.stream().map(FileResult::file)).isEqualTo(files);
    for (FileResult outcome : outcomes) {
      if (outcome instanceof FileResult.Failed failed) {
        assertThat(failed.reason())
            .isInstanceOf(AudioException.class)
            .hasMessageStartingWith(failed.file() + ": ")
            .hasMessageNotContaining("\n");
      } else {
        requireSame(
            ((FileResult.Recognized) outcome).recognition(),
            recognizer.recognize(outcome.file()),
            1e-5);
      }
    }
    assertThat(
            outcomes.stream().filter(FileResult.Recognized.class::isInstance).map(FileResult::file))
        .containsExactly(good, other, good);
  }

  @Test
  void nothingAskedIsNothingAnswered() {
    assertThat(recognizer.recognizeAll(List.of())).isEmpty();
  }

  @Test
  void audioThatCannotBeHeardIsRefused() throws IOException {
    assertThatThrownBy(() -> recognizer.recognize(new float[160], 16_000))
        .isInstanceOf(AudioException.class)
        .hasMessage("The clip: is 0.010 s long, expected at least 0.1 s");
    assertThatThrownBy(() -> recognizer.recognize(new float[0], 16_000))
        .isInstanceOf(AudioException.class);
    float[] nan = new float[16_000];
    nan[5] = Float.NEGATIVE_INFINITY;
    assertThatThrownBy(() -> recognizer.recognize(nan, 16_000))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("sample 5 is -Infinity");
    for (int rate : new int[] {0, -1, 999, 768_001, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> recognizer.recognize(new float[16_000], rate))
          .isInstanceOf(AudioException.class)
          .hasMessageContaining("a sample rate of " + rate + " Hz");
    }
    Path file = Sounds.write(folder.resolve("short.wav"), 1, 200, 0.01, 16_000);
    assertThatThrownBy(() -> recognizer.recognize(file))
        .isInstanceOf(AudioException.class)
        .hasMessage(file + ": is 0.010 s long, expected at least 0.1 s");
    Path lying = Sounds.write(folder.resolve("lie.wav"), 1, 200, 0.5, 16_000);
    byte[] bytes = Files.readAllBytes(lying);
    Arrays.fill(bytes, 40, 43, (byte) 0xff); // the data chunk claims half a gigabyte
    bytes[43] = 0x1f;
    Files.write(lying, bytes);
    assertThatThrownBy(() -> recognizer.recognize(lying))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("truncated");
  }

  @Test
  void tenMinutesAreHeardInWindowsThatBoundMemory() {
    float[] samples = new float[600 * 16_000];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (random.nextDouble() - 0.5);
    }
    WatchedBackend backend = new WatchedBackend();
    try (EmotionRecognizer watched =
        PackageRecognizer.open(
            ModelPackage.read(folder.resolve("model")),
            backend,
            RecognizerOptions.defaults().withAttention(true))) {
      Recognition heard = watched.recognize(samples, 16_000);
      requireWhole(heard, 600);
      assertThat(sum(heard.attention())).as("each window's sums to 1").isCloseTo(31, within(1e-2));
      assertThat(backend.shapes()).allMatch(shape -> shape[0] <= 16 && shape[1] <= 2000);
      long frames = backend.shapes().stream().mapToLong(shape -> shape[0] * shape[1]).sum();
      assertThat(frames).as("little padding").isBetween(60_001L, 61_000L);
    }
  }

  private static void requireInterrupted(ThrowingCallable call) {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(call)
          .isExactlyInstanceOf(SerException.class)
          .hasMessageContaining("interrupted");
    } finally {
      assertThat(Thread.interrupted()).as("stays interrupted").isTrue();
    }
  }

  @Test
  void anInterruptedThreadIsReportedAsSuchAndTheNextCallWorks() {
    Path brief = Sounds.write(folder.resolve("brief.wav"), 1, 200, 1.5, 16_000);
    Path lasting = Sounds.write(folder.resolve("lasting.wav"), 1, 200, 125, 16_000);
    Recognition expected = recognizer.recognize(brief);
    for (Path file : List.of(brief, lasting)) {
      requireInterrupted(() -> recognizer.recognize(file));
      requireInterrupted(() -> recognizer.recognizeAll(List.of(file, file)));
      requireInterrupted(() -> recognizer.timeline(file, StreamOptions.defaults(), window -> {}));
    }
    requireSame(recognizer.recognize(brief), expected, 1e-6);
    assertThat(recognizer.recognizeAll(List.of(brief, lasting)))
        .allMatch(FileResult.Recognized.class::isInstance);
    recognizer.timeline(lasting, StreamOptions.defaults(), window -> {});
  }

  @Test
  void anInterruptInTheMiddleEndsTheRun() {
    Path file = Sounds.write(folder.resolve("file.wav"), 1, 200, 1.5, 16_000);
    List<Path> files = Collections.nCopies(200, file);
    List<FileResult> results = new ArrayList<>();
    assertThatThrownBy(
            () ->
                recognizer.recognizeAll(
                    files,
                    result -> {
                      results.add(result);
                      Thread.currentThread().interrupt();
                    }))
        .isExactlyInstanceOf(SerException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(results).hasSize(1);
    assertThat(recognizer.recognizeAll(List.of(file)).get(0))
        .isInstanceOf(FileResult.Recognized.class);
  }

  @Test
  void aNullIsNamedBeforeAnyWork() {
    Path file = Sounds.write(folder.resolve("file.wav"), 1, 200, 1.5, 16_000);
    List<FileResult> results = new ArrayList<>();
    assertThatThrownBy(() -> recognizer.recognizeAll(Arrays.asList(file, null, file), results::add))
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage("files[1]");
    assertThat(results).isEmpty();
  }

  /** Every public method that takes an object refuses null by the parameter's name. */
  @Test
  @SuppressWarnings("NullAway") // nulls are the point
  void nullArgumentsAreNamed() {
    StreamOptions windows = StreamOptions.defaults();
    RecognizerOptions options = RecognizerOptions.defaults();
    Path file = folder.resolve("file.wav");
    Map<String, ThrowingCallable> calls =
        Map.ofEntries(
            Map.entry("file", () -> recognizer.recognize((Path) null)),
            Map.entry("samples", () -> recognizer.recognize(null, 16_000)),
            Map.entry("files", () -> recognizer.recognizeAll(null)),
            Map.entry("results", () -> recognizer.recognizeAll(List.of(file), null)),
            Map.entry("options", () -> recognizer.timeline(file, null, window -> {})),
            Map.entry("windows", () -> recognizer.stream(16_000, windows, null)),
            Map.entry("progress", () -> recognizer.timeline(file, windows, w -> {}, null)),
            Map.entry("modelPackage", () -> EmotionRecognizer.load((Path) null)),
            Map.entry("modelName", () -> EmotionRecognizer.load((String) null)),
            Map.entry("channels", () -> options.withChannels(null)),
            Map.entry("device", () -> options.withDevice(null)),
            Map.entry("precision", () -> options.withPrecision(null)),
            Map.entry("name", () -> options.withBackend(null)),
            Map.entry("text", () -> Device.parse(null)),
            Map.entry("kind", () -> new Device(null, 0)));
    calls.forEach(
        (parameter, call) ->
            assertThatThrownBy(call)
                .as(parameter)
                .isExactlyInstanceOf(NullPointerException.class)
                .hasMessage(parameter));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1.5, 125})
  void aConstantOffsetDoesNotChangeAFile(double seconds) {
    float[] samples = Sounds.voice(4, 150, seconds, 16_000);
    Path plain = Sounds.writeFloats(folder.resolve("plain.wav"), samples, 16_000, 1);
    Recognition expected = recognizer.recognize(plain);
    for (float offset : new float[] {0.01f, 0.1f, -0.3f}) {
      float[] shifted = samples.clone();
      for (int i = 0; i < shifted.length; i++) {
        shifted[i] += offset;
      }
      Path file = Sounds.writeFloats(folder.resolve("shifted.wav"), shifted, 16_000, 1);
      requireSame(recognizer.recognize(file), expected, 1e-4);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 130})
  void anOffsetAloneIsSilence(int seconds) {
    float[] samples = new float[seconds * 16_000];
    Arrays.fill(samples, 0.3f);
    Path file = Sounds.writeFloats(folder.resolve("offset.wav"), samples, 16_000, 1);
    assertThatThrownBy(() -> recognizer.recognize(file))
        .isInstanceOf(AudioException.class)
        .hasMessage(
            file + ": holds only silence, a peak of 0.000000 of full scale, expected speech");
  }

  @Test
  void aClipOfTwoWindowsIsTheirMeanByLength() {
    float[] samples = Sounds.voice(4, 150, 30, 16_000);
    Recognition whole = recognizer.recognize(samples, 16_000);
    requireWhole(whole, 30);
    assertThat(sum(whole.attention())).isCloseTo(2, within(1e-3));
    assertThat(sum(whole.attention().subList(0, 375))).isCloseTo(1, within(1e-3));
  }

  @Test
  void aFileTooLongToHoldIsAnsweredLikeItsSamples() {
    float[] samples = new float[150 * 16_000];
    float[] voice = Sounds.voice(7, 170, 130, 16_000);
    System.arraycopy(voice, 0, samples, 3 * 16_000, voice.length);
    Path file = Sounds.writeFloats(folder.resolve("long.wav"), samples, 16_000, 1);

    Recognition heard = recognizer.recognize(file);

    // Not the last bit: windows go into other batches.
    requireSame(heard, recognizer.recognize(samples, 16_000), 1e-5);
    assertThat(sum(heard.attention().subList(0, (int) (2.8 / STEP)))).as("trimmed").isZero();
    Path other = Sounds.write(folder.resolve("other.wav"), 2, 300, 0.7, 16_000);
    Path silent =
        Sounds.writeFloats(folder.resolve("silent.wav"), new float[130 * 16_000], 16_000, 1);
    List<FileResult> outcomes = recognizer.recognizeAll(List.of(other, file, silent, other));
    requireSame(((FileResult.Recognized) outcomes.get(1)).recognition(), heard, 1e-6);
    assertThat(outcomes.get(2)).isInstanceOf(FileResult.Failed.class);
    assertThat(((FileResult.Failed) outcomes.get(2)).reason())
        .hasMessage(
            silent + ": holds only silence, a peak of 0.000000 of full scale, expected speech");
    assertThat(outcomes.get(3)).isInstanceOf(FileResult.Recognized.class);
  }

  @Test
  void withoutTheAttentionTheGraphEndsInTheProbabilitiesAndIsFolded() {
    float[] samples = Sounds.voice(3, 220, 2.5, 16_000);
    WatchedBackend backend = new WatchedBackend();
    try (EmotionRecognizer plain =
        PackageRecognizer.open(
            ModelPackage.read(folder.resolve("model")),
            backend,
            RecognizerOptions.defaults().withAttention(false))) {
      Recognition heard = plain.recognize(samples, 16_000);
      assertThat(heard.attention()).isEmpty();
      Recognition whole = recognizer.recognize(samples, 16_000);
      whole
          .probabilities()
          .forEach(
              (label, probability) ->
                  assertThat(heard.probabilities().get(label))
                      .as(label)
                      .isCloseTo(probability, within(1e-5)));
      Graph cut = Encoder.inference(TinyModel.encoder()).select(Encoder.PROBABILITIES);
      assertThat(backend.graphs())
          .containsExactly(FocusFold.fold(cut, TinyModel.weights()))
          .as("unfolded")
          .doesNotContain(cut);
    }
  }

  @Test
  void theEmbeddingOfALongClipIsTheMeanOfItsWindows() {
    float[] samples = Sounds.voice(4, 150, 30, 16_000);
    RecognizerOptions options = RecognizerOptions.defaults().withEmbedding(true);
    assertThat(options.withThreads(1).embedding()).isTrue();
    float[] weight = Objects.requireNonNull(TinyModel.weights().get("classifier.weight")).floats();
    float[] bias = Objects.requireNonNull(TinyModel.weights().get("classifier.bias")).floats();
    int classes = bias.length;
    try (EmotionRecognizer embedding = EmotionRecognizer.load(folder.resolve("model"), options)) {
      Recognition whole = embedding.recognize(samples, 16_000);
      requireSame(whole, recognizer.recognize(samples, 16_000), 1e-6);
      assertThat(whole.embedding()).hasSize(embedding.embeddingSize());
      assertThat(embedding.embeddingSize()).isEqualTo(weight.length / classes);

      Recognition clip = embedding.recognize(Arrays.copyOf(samples, 5 * 16_000), 16_000);
      double[] logits = new double[classes];
      double sum = 0;
      for (int label = 0; label < classes; label++) {
        logits[label] = bias[label];
        for (int element = 0; element < clip.embedding().size(); element++) {
          logits[label] += weight[element * classes + label] * clip.embedding().get(element);
        }
        sum += Math.exp(logits[label]);
      }
      for (int label = 0; label < classes; label++) {
        assertThat(clip.probability(TinyModel.LABELS.get(label)))
            .isCloseTo(Math.exp(logits[label]) / sum, within(1e-5));
      }
    }
    assertThat(recognizer.recognize(samples, 16_000).embedding()).isEmpty();
  }

  @Test
  void aMeanOverWindowsIsWeightedByLength() {
    float[] none = {};
    List<WindowScores> windows =
        List.of(
            new WindowScores(none, none, new float[] {1, 4}, 30),
            new WindowScores(none, none, new float[] {5, -4}, 10));
    assertThat(WindowClassifier.mean(windows, WindowScores::embedding)).containsExactly(2, 2);
  }

  @Test
  void theOptionReachesTheRecognizer() {
    RecognizerOptions options = RecognizerOptions.defaults().withAttention(false);
    assertThat(options.withBackend("djl").withDevice(Device.CPU).attention()).isFalse();
    try (EmotionRecognizer plain = EmotionRecognizer.load(folder.resolve("model"), options)) {
      Recognition heard = plain.recognize(Sounds.voice(1, 200, 1, 16_000), 16_000);
      assertThat(heard.attention()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000_000, 16_000, 8})
  void anyHopAPackageMayAskForIsHeardInBoundedWindows(int hop) {
    FeatureSettings features =
        new FeatureSettings(
            FeatureKind.LOGMEL,
            16_000,
            512,
            400,
            hop,
            64,
            40,
            0,
            8000,
            MelScale.SLANEY,
            true,
            false);
    Path odd = folder.resolve("odd");
    ModelPackage.write(odd, TinyModel.description(features), TinyModel.weights(), "");
    WatchedBackend backend = new WatchedBackend();
    try (EmotionRecognizer other =
        PackageRecognizer.open(
            ModelPackage.read(odd), backend, RecognizerOptions.defaults().withAttention(true))) {
      Recognition heard = other.recognize(Sounds.voice(1, 200, 3, 16_000), 16_000);
      assertThat(sum(heard.probabilities().values())).isCloseTo(1, within(1e-5));
      assertThat(backend.shapes()).allMatch(shape -> shape[1] <= 4000);
    }
  }

  @Test
  void eightThreadsGetTheAnswersOfOne() throws Exception {
    List<float[]> clips = new ArrayList<>();
    List<Recognition> expected = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      clips.add(Sounds.voice(i, 100 + 30 * i, 0.3 + 0.2 * i, 16_000));
      expected.add(recognizer.recognize(clips.get(i), 16_000));
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Recognition>> answers = new ArrayList<>();
      for (int call = 0; call < 40; call++) {
        float[] clip = clips.get(call % 8);
        answers.add(threads.submit(() -> recognizer.recognize(clip, 16_000)));
      }
      for (int call = 0; call < 40; call++) {
        requireSame(answers.get(call).get(), expected.get(call % 8), 1e-6);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void clipsOfSeveralThreadsShareBatchesWhereThatIsAskedFor() throws Exception {
    int clips = 24;
    List<Recognition> expected = new ArrayList<>();
    for (int i = 0; i < clips; i++) {
      expected.add(
          recognizer.recognize(Sounds.voice(i, 100 + 5 * i, 0.5 + 0.1 * i, 16_000), 16_000));
    }
    WatchedBackend backend = new WatchedBackend();
    ExecutorService threads = Executors.newFixedThreadPool(clips);
    try (EmotionRecognizer dynamic =
        PackageRecognizer.open(
            ModelPackage.read(folder.resolve("model")),
            backend,
            RecognizerOptions.defaults()
                .withThreads(Integer.MAX_VALUE)
                .withDynamicBatching(true))) {
      List<Future<Recognition>> answers = new ArrayList<>();
      for (int i = 0; i < clips; i++) {
        float[] clip = Sounds.voice(i, 100 + 5 * i, 0.5 + 0.1 * i, 16_000);
        answers.add(threads.submit(() -> dynamic.recognize(clip, 16_000)));
      }
      for (int i = 0; i < clips; i++) {
        requireSame(answers.get(i).get(), expected.get(i), 1e-5);
      }
      assertThat(backend.mostAtOnce()).isEqualTo(1);
      assertThat(backend.shapes()).hasSizeLessThan(clips);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void bytesAreClassifiedAsTheirFile() throws IOException {
    Path file =
        Sounds.writeFloats(folder.resolve("two.wav"), Sounds.voice(1, 200, 4, 16_000), 16_000, 2);
    AudioInput bytes = AudioInput.of(Files.readAllBytes(file), "upload.wav");
    assertThat(recognizer.recognize(bytes)).isEqualTo(recognizer.recognize(file));
    List<WindowRecognition> windows = new ArrayList<>();
    List<WindowRecognition> expected = new ArrayList<>();
    recognizer.timeline(bytes, StreamOptions.defaults(), windows::add, (seconds, total) -> {});
    recognizer.timeline(file, StreamOptions.defaults(), expected::add);
    assertThat(windows).isEqualTo(expected).isNotEmpty();
    assertThatThrownBy(() -> recognizer.recognize(bytes.withChannels(ChannelSelection.channel(3))))
        .isInstanceOf(AudioException.class)
        .hasMessage("upload.wav: has 2 channels; there is no channel 3");
    assertThatThrownBy(() -> recognizer.recognize(bytes.withChannels(ChannelSelection.each())))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("upload.wav: has 2 channels, and one result is expected");
    requireInterrupted(() -> recognizer.recognize(bytes));
  }

  @Test
  void aClosedRecognizerSaysSo() {
    recognizer.close();
    recognizer.close();
    Path good = Sounds.write(folder.resolve("good.wav"), 1, 200, 1, 16_000);
    assertThatThrownBy(() -> recognizer.recognize(good))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("is closed");
    assertThatThrownBy(() -> recognizer.recognizeAll(List.of(good)))
        .isInstanceOf(BackendException.class);
    assertThatCode(recognizer::close).doesNotThrowAnyException();
  }

  @Test
  void aBrokenPackageIsRefusedOnLoading() throws IOException {
    Path broken = TinyModel.write(folder.resolve("broken"));
    Files.delete(broken.resolve(ModelPackage.WEIGHTS));
    assertThatThrownBy(() -> EmotionRecognizer.load(broken))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(broken.resolve(ModelPackage.WEIGHTS) + ": ");
  }

  @Test
  void aBackendThatIsNotThereIsNamed() {
    RecognizerOptions options = RecognizerOptions.defaults().withBackend("abacus");
    assertThatThrownBy(() -> EmotionRecognizer.load(folder.resolve("model"), options))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("abacus")
        .hasMessageContaining("djl");
  }

  @Test
  void aContextClassLoaderThatSeesNoProviderDoesNotHideOurs() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try (EmotionRecognizer other = EmotionRecognizer.load(folder.resolve("model"))) {
      assertThat(other.labels()).isEqualTo(TinyModel.LABELS);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void longFilesKeepTheBoundOnConcurrentEngineCalls() {
    float[] samples = Sounds.voice(7, 170, 121, 8_000);
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      files.add(Sounds.writeFloats(folder.resolve("long%d.wav".formatted(i)), samples, 8_000, 1));
    }
    WatchedBackend backend = new WatchedBackend();
    int all = Runtime.getRuntime().availableProcessors();
    try (EmotionRecognizer watched =
        PackageRecognizer.open(
            ModelPackage.read(folder.resolve("model")),
            backend,
            RecognizerOptions.defaults().withAttention(false).withThreads(all))) {
      assertThat(watched.recognizeAll(files)).allMatch(FileResult.Recognized.class::isInstance);
      assertThat(backend.shapes()).hasSizeGreaterThanOrEqualTo(12);
      assertThat(backend.mostAtOnce()).isEqualTo(1);
    }
  }

  @Test
  void twoRecognizersWithDifferentThreadsAnswerAlike() {
    float[] samples = Sounds.voice(4, 150, 5, 16_000);
    Path model = folder.resolve("model");
    for (String backend : List.of("djl", "dl4j")) {
      RecognizerOptions options = RecognizerOptions.defaults().withBackend(backend);
      try (EmotionRecognizer one = EmotionRecognizer.load(model, options.withThreads(1));
          EmotionRecognizer two = EmotionRecognizer.load(model, options.withThreads(2))) {
        Recognition first = one.recognize(samples, 16_000);
        requireSame(two.recognize(samples, 16_000), first, 1e-6);
        requireSame(one.recognize(samples, 16_000), first, 1e-6);
      }
    }
  }
}
