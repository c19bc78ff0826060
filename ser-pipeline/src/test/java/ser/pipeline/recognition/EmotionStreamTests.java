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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.AudioException;
import ser.api.BackendException;
import ser.api.Device;
import ser.api.EmotionRecognizer;
import ser.api.EmotionStream;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.api.SerException;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.attention.Encoder;
import ser.features.dsp.FeatureExtractor;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.features.dsp.MelScale;
import ser.features.dsp.OffsetRemoval;
import ser.graph.spi.Backend;
import ser.graph.spi.Backends;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.TinyModel;

/** The model's weights are random: what matters is which sound it is given, and when it is told. */
class EmotionStreamTests {
  private static final int RATE = 16_000;

  private final Path folder;
  private final EmotionRecognizer recognizer;

  EmotionStreamTests(@TempDir Path folder) {
    this.folder = folder;
    this.recognizer = EmotionRecognizer.load(TinyModel.write(folder.resolve("model")));
  }

  @AfterEach
  void close() {
    recognizer.close();
  }

  private List<WindowRecognition> hear(float[] samples, int rate, double window, double hop) {
    List<WindowRecognition> moments = new ArrayList<>();
    try (EmotionStream stream =
        recognizer.stream(rate, new StreamOptions(window, hop), moments::add)) {
      stream.push(samples);
      stream.finish();
    }
    return moments;
  }

  private static float[] part(float[] samples, double from, double to) {
    return Arrays.copyOfRange(samples, (int) Math.round(from * RATE), (int) Math.round(to * RATE));
  }

  private static void requireClose(
      WindowRecognition actual, WindowRecognition expected, double tolerance) {
    assertThat(actual.startSeconds()).isEqualTo(expected.startSeconds());
    assertThat(actual.endSeconds()).isEqualTo(expected.endSeconds());
    assertThat(actual.label()).isEqualTo(expected.label());
    requireClose(actual, expected.probabilities(), tolerance);
  }

  private static void requireClose(
      WindowRecognition actual, Map<String, Double> expected, double tolerance) {
    assertThat(actual.probabilities().keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach(
        (label, probability) ->
            assertThat(actual.probabilities().get(label))
                .as("%s at %.2f s", label, actual.startSeconds())
                .isCloseTo(probability, within(tolerance)));
  }

  @ParameterizedTest
  @CsvSource({
    "2, 0.5, 10, 17",
    "4, 1, 10, 7",
    "1, 1, 10, 10",
    "0.1, 0.1, 1, 10",
    "10, 0.01, 10, 1"
  })
  void windowsFollowEachOtherByTheHop(double window, double hop, double seconds, int count) {
    List<WindowRecognition> moments = hear(Sounds.voice(1, 200, seconds, RATE), RATE, window, hop);

    assertThat(moments).hasSize(count);
    for (int i = 0; i < count; i++) {
      assertThat(moments.get(i).startSeconds()).isCloseTo(i * hop, within(1e-9));
      assertThat(moments.get(i).endSeconds()).isCloseTo(i * hop + window, within(1e-9));
      assertThat(moments.get(i).probabilities().keySet())
          .containsExactlyElementsOf(TinyModel.LABELS);
      assertThat(moments.get(i).probabilities().values().stream().mapToDouble(p -> p).sum())
          .isCloseTo(1, within(1e-5));
      assertThat(moments.get(i).label()).isPresent();
      assertThat(moments.get(i).probabilities().get(moments.get(i).label().orElseThrow()))
          .isEqualTo(
              moments.get(i).probabilities().values().stream()
                  .mapToDouble(p -> p)
                  .max()
                  .orElseThrow());
    }
  }

  @ParameterizedTest
  @CsvSource({"0.1, 16000", "1.234, 16000", "3.99, 16000", "2.5, 44100", "0.7, 8000"})
  void aStreamShorterThanAWindowIsAnsweredAsAClip(double seconds, int rate) {
    float[] samples = Sounds.voice(2, 180, seconds, rate);

    List<WindowRecognition> moments = hear(samples, rate, 4, 1);

    Recognition clip = recognizer.recognize(samples, rate);
    assertThat(moments).hasSize(1);
    assertThat(moments.get(0).label()).hasValue(clip.label());
    // Not the last bit: the attention is left out, and with it other kernels may be chosen.
    requireClose(moments.get(0), clip.probabilities(), 1e-6);
    assertThat(moments.get(0).startSeconds()).isZero();
    assertThat(moments.get(0).endSeconds()).isEqualTo(clip.durationSeconds());
  }

  @Test
  void lessThanATenthOfASecondHasNoMoment() {
    assertThat(hear(new float[0], RATE, 4, 1)).isEmpty();
    assertThat(hear(Sounds.voice(1, 200, 0.0999, RATE), RATE, 4, 1)).isEmpty();
  }

  @Test
  void theEndIsHeardInAWindowOfItsOwn() {
    float[] samples = Sounds.voice(3, 240, 5.305, RATE);

    List<WindowRecognition> moments = hear(samples, RATE, 2, 1);

    assertThat(moments)
        .extracting(WindowRecognition::startSeconds)
        .containsExactly(0.0, 1.0, 2.0, 3.0, 3.3);
    assertThat(moments.get(4).endSeconds()).isEqualTo(5.305);
    // It ends as the clip does, by reflection; only its beginning sees what came before.
    Recognition clip = recognizer.recognize(part(samples, 3.3, 5.305), RATE);
    requireClose(moments.get(4), clip.probabilities(), 1e-2);
  }

  private static float[] withoutOffset(float[] samples, int held) {
    float[] removed = new float[samples.length];
    int[] size = {0};
    OffsetRemoval removal =
        new OffsetRemoval(
            RATE,
            held,
            (piece, offset, length) -> {
              System.arraycopy(piece, offset, removed, size[0], length);
              size[0] += length;
            });
    removal.push(samples, 0, samples.length);
    removal.finish();
    return removed;
  }

  @ParameterizedTest
  @ValueSource(floats = {0.01f, 0.1f, -0.3f})
  void aConstantOffsetDoesNotChangeAStream(float offset) {
    float[] samples = new float[20 * RATE];
    float[] voice = Sounds.voice(5, 230, 12, RATE);
    System.arraycopy(voice, 0, samples, 3 * RATE, voice.length);
    List<WindowRecognition> plain = hear(samples, RATE, 2, 0.5);

    List<WindowRecognition> shifted = hear(plus(samples, offset), RATE, 2, 0.5);

    assertThat(shifted).hasSameSizeAs(plain);
    for (int i = 0; i < plain.size(); i++) {
      requireClose(shifted.get(i), plain.get(i), 1e-4);
    }
  }

  @Test
  void windowsOfAnOffsetAloneAreSilent() {
    float[] samples = new float[12 * RATE];
    float[] voice = Sounds.voice(5, 230, 1, RATE);
    System.arraycopy(voice, 0, samples, 4 * RATE, voice.length);
    Arrays.fill(samples, 8 * RATE, 12 * RATE, 0.05f); // a step, such as from another microphone

    List<WindowRecognition> windows = hear(plus(samples, 0.3f), RATE, 1, 1);

    assertThat(windows.stream().filter(window -> !window.isSilent()))
        .extracting(WindowRecognition::startSeconds)
        .containsExactly(4.0);
  }

  private static float[] plus(float[] samples, float offset) {
    float[] shifted = samples.clone();
    for (int i = 0; i < shifted.length; i++) {
      shifted[i] += offset;
    }
    return shifted;
  }

  /** The frames of a window are those that stand there in the whole, trimmed as a clip's are. */
  @Test
  void aWindowHearsTheFramesOfItsPlace() {
    float[] samples = Sounds.voice(4, 150, 6, RATE);
    ModelDescription description = TinyModel.description();
    FeatureMatrix all =
        FeatureExtractor.of(description.features()).extract(withoutOffset(samples, 2 * RATE));
    Frontend frontend = new Frontend(description.features(), description.trim(), 4);
    List<WindowRecognition> moments = hear(samples, RATE, 2, 0.7);
    assertThat(moments).hasSize(7);
    try (Backend backend = Backends.best().open(Device.CPU);
        WindowClassifier model =
            WindowClassifier.compile(
                ModelPackage.read(folder.resolve("model")), backend, Set.of())) {
      for (WindowRecognition moment : moments) {
        int first = (int) Math.round(moment.startSeconds() * 100);
        double[] power = new double[201];
        for (int frame = 0; frame <= 200; frame++) {
          power[frame] = frontend.power(all.values(), (first + frame) * 64);
        }
        Frontend.Cut cut = frontend.cut(power);
        FeatureMatrix speech =
            new FeatureMatrix(
                cut.to() - cut.from(),
                64,
                Arrays.copyOfRange(
                    all.values(), (first + cut.from()) * 64, (first + cut.to()) * 64));
        float[] expected =
            model
                .classify(List.of(description.standardization().apply(speech)))
                .get(0)
                .probabilities();
        for (int i = 0; i < expected.length; i++) {
          assertThat(moment.probabilities().get(TinyModel.LABELS.get(i)))
              .as("%s at %.1f s", TinyModel.LABELS.get(i), moment.startSeconds())
              .isCloseTo(expected[i], within(1e-6));
        }
      }
    }
  }

  @Test
  void silenceAroundSpeechIsCutOffEachWindow() {
    float[] samples = new float[8 * RATE];
    float[] voice = Sounds.voice(5, 230, 1, RATE);
    System.arraycopy(voice, 0, samples, (int) (3.6 * RATE), voice.length);

    List<WindowRecognition> moments = hear(samples, RATE, 4, 0.4);

    // Wherever a window has all of the speech, on a whole step of 40 ms, it hears the same.
    List<WindowRecognition> whole =
        moments.stream()
            .filter(m -> m.startSeconds() < 3.5 && m.endSeconds() > 4.7 && m.label().isPresent())
            .toList();
    assertThat(whole).hasSizeGreaterThan(5);
    for (WindowRecognition moment : whole) {
      requireClose(moment, whole.get(0).probabilities(), 1e-5);
      requireClose(moment, recognizer.recognize(samples, RATE).probabilities(), 1e-5);
    }
  }

  @Test
  void windowsOfSilenceHaveNoLabelAndNoProbabilities() {
    float[] samples = new float[10 * RATE];
    Arrays.fill(samples, 0.9e-4f);
    float[] voice = Sounds.voice(5, 230, 1, RATE);
    System.arraycopy(voice, 0, samples, 4 * RATE, voice.length);

    List<WindowRecognition> moments = hear(samples, RATE, 1, 1);

    assertThat(moments).hasSize(10);
    for (WindowRecognition moment : moments) {
      boolean speech = moment.startSeconds() == 4;
      assertThat(moment.label().isPresent()).as("%s", moment).isEqualTo(speech);
      assertThat(moment.probabilities()).hasSize(speech ? 3 : 0);
    }
    assertThat(moments.get(0)).isEqualTo(WindowRecognition.silent(0, 1));
  }

  @Test
  void aSampleAtTheThresholdIsNoSilenceInTheWindowsThatHaveIt() {
    float[] samples = new float[6 * RATE];
    samples[3 * RATE] = 1.01e-4f;

    List<WindowRecognition> moments = hear(samples, RATE, 1, 0.5);

    assertThat(moments.stream().filter(moment -> moment.label().isPresent()))
        .extracting(WindowRecognition::startSeconds)
        .containsExactly(2.5, 3.0);
  }

  @ParameterizedTest
  @ValueSource(ints = {16_000, 44_100, 8_000, 48_000})
  void howTheSamplesAreCutDoesNotMatter(int rate) {
    float[] samples = Sounds.voice(6, 200, 7.3, rate);
    List<WindowRecognition> whole = hear(samples, rate, 1.5, 0.5);
    for (int seed = 0; seed < 4; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int longest = List.of(3, 300, 7_000, 100_000).get(seed);
      List<WindowRecognition> cut = new ArrayList<>();
      try (EmotionStream stream = recognizer.stream(rate, new StreamOptions(1.5, 0.5), cut::add)) {
        for (int from = 0; from < samples.length; ) {
          int length = Math.min(samples.length - from, random.nextInt(longest));
          stream.push(samples, from, length);
          from += length;
        }
        stream.finish();
      }
      assertThat(cut).as("seed %d", seed).hasSameSizeAs(whole);
      for (int i = 0; i < whole.size(); i++) {
        requireClose(cut.get(i), whole.get(i), 1e-5);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"16000, 200", "48000, 1100", "44100, 1100"})
  void aMomentComesWithTheLastSampleItDependsOn(int rate, int later) {
    float[] samples = Sounds.voice(6, 200, 3, rate);
    List<Integer> told = new ArrayList<>();
    int[] heard = {0};
    try (EmotionStream stream =
        recognizer.stream(rate, new StreamOptions(1, 0.5), moment -> told.add(heard[0]))) {
      for (; heard[0] < samples.length; ) {
        stream.push(samples, heard[0]++, 1);
      }
      assertThat(told).hasSize(4);
      for (int i = 0; i < 4; i++) {
        assertThat(told.get(i) - (1 + 0.5 * i) * rate).isBetween(0.0, (double) later);
      }
    }
  }

  @Test
  void aLongPushIsAnsweredInBoundedBatchesAndInOrder() {
    WatchedBackend backend = new WatchedBackend();
    List<WindowRecognition> moments = new ArrayList<>();
    try (EmotionRecognizer watched =
            PackageRecognizer.open(
                ModelPackage.read(folder.resolve("model")),
                backend,
                RecognizerOptions.defaults().withAttention(true));
        EmotionStream stream = watched.stream(RATE, new StreamOptions(2, 1), moments::add)) {
      stream.push(Sounds.voice(8, 210, 120, RATE));
      stream.finish();
    }
    assertThat(moments).hasSize(119);
    assertThat(moments).extracting(WindowRecognition::startSeconds).isSorted();
    assertThat(backend.shapes()).allMatch(shape -> shape[0] <= 16 && shape[1] <= 201).hasSize(9);
    assertThat(backend.graphs()).as("a stream computes no attention").hasSize(2);
    assertThat(backend.graphs().get(1).outputs()).containsOnlyKeys(Encoder.PROBABILITIES);
  }

  @Test
  void eachOfSeveralStreamsHearsItsOwn() throws Exception {
    List<float[]> voices = new ArrayList<>();
    List<List<WindowRecognition>> alone = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      voices.add(Sounds.voice(i, 120 + 40 * i, 6, RATE));
      alone.add(hear(voices.get(i), RATE, 1, 0.5));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<List<WindowRecognition>>> together = new ArrayList<>();
      for (float[] voice : voices) {
        together.add(threads.submit(() -> hear(voice, RATE, 1, 0.5)));
      }
      for (int i = 0; i < 4; i++) {
        List<WindowRecognition> moments = together.get(i).get();
        assertThat(moments).hasSameSizeAs(alone.get(i));
        for (int k = 0; k < moments.size(); k++) {
          requireClose(moments.get(k), alone.get(i).get(k), 1e-6);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0.09 | 0.05  | A window of 0.09 s; expected 0.1 to 20 s
          20.1 | 1     | A window of 20.1 s; expected 0.1 to 20 s
          NaN  | 1     | A window of NaN s; expected 0.1 to 20 s
          4    | 0     | A hop of 0 s; expected 0.01 s or more, and at most the window of 4 s
          4    | -1    | A hop of -1 s; expected 0.01 s or more
          4    | NaN   | A hop of NaN s; expected 0.01 s or more
          4    | 4.5   | A hop of 4.5 s; expected 0.01 s or more, and at most the window of 4 s, so that every sample is classified
          """)
  void absurdWindowsAndHopsAreRefused(double window, double hop, String message) {
    assertThatThrownBy(() -> new StreamOptions(window, hop))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 999, 768_001, Integer.MAX_VALUE})
  void absurdRatesAreRefused(int rate) {
    assertThatThrownBy(() -> recognizer.stream(rate, StreamOptions.defaults(), moment -> {}))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("a sample rate of " + rate + " Hz");
  }

  @Test
  void aPieceWithASampleThatIsNoNumberIsRefusedAndNotHeard() {
    float[] samples = Sounds.voice(1, 200, 2, RATE);
    float[] broken = samples.clone();
    broken[777] = Float.NaN;
    List<WindowRecognition> moments = new ArrayList<>();
    try (EmotionStream stream = recognizer.stream(RATE, new StreamOptions(1, 1), moments::add)) {
      stream.push(samples);
      assertThatThrownBy(() -> stream.push(broken))
          .isInstanceOf(AudioException.class)
          .hasMessage("The stream: sample 32777 is NaN; expected finite numbers");
      assertThatThrownBy(() -> stream.push(samples, 31_999, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      stream.push(samples);
      stream.finish();
    }
    assertThat(moments).hasSize(4);
  }

  @Test
  void aFinishedOrClosedStreamHearsNoMore() {
    float[] samples = Sounds.voice(1, 200, 1, RATE);
    List<WindowRecognition> moments = new ArrayList<>();
    EmotionStream stream = recognizer.stream(RATE, StreamOptions.defaults(), moments::add);
    stream.push(samples);
    stream.finish();
    stream.finish();
    assertThat(moments).hasSize(1);
    assertThatThrownBy(() -> stream.push(samples))
        .isInstanceOf(SerException.class)
        .hasMessage("The stream is finished and takes no more samples; open another");
    stream.close();
    stream.close();
    assertThatThrownBy(() -> stream.push(samples))
        .isInstanceOf(SerException.class)
        .hasMessage("The stream is closed and takes no more samples; open another");
    assertThatThrownBy(stream::finish).isInstanceOf(SerException.class);
    assertThat(moments).hasSize(1);
  }

  @Test
  void aListenerThatFailsClosesTheStream() {
    float[] samples = Sounds.voice(1, 200, 3, RATE);
    EmotionStream stream =
        recognizer.stream(
            RATE,
            new StreamOptions(1, 1),
            moment -> {
              throw new IllegalStateException("enough");
            });
    assertThatThrownBy(() -> stream.push(samples)).hasMessage("enough");
    assertThatThrownBy(() -> stream.push(samples)).hasMessageContaining("is closed");
  }

  @Test
  void aListenerMayCloseTheStream() {
    List<WindowRecognition> moments = new ArrayList<>();
    List<EmotionStream> streams = new ArrayList<>();
    streams.add(
        recognizer.stream(
            RATE,
            new StreamOptions(1, 1),
            moment -> {
              moments.add(moment);
              streams.get(0).close();
            }));
    streams.get(0).push(Sounds.voice(1, 200, 3, RATE));
    assertThat(moments).hasSize(1);
  }

  @Test
  void aClosedRecognizerSaysSoToItsStreams() {
    EmotionStream stream = recognizer.stream(RATE, new StreamOptions(1, 1), moment -> {});
    recognizer.close();
    assertThatThrownBy(() -> stream.push(Sounds.voice(1, 200, 3, RATE)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("is closed");
    assertThatThrownBy(() -> recognizer.stream(RATE, StreamOptions.defaults(), moment -> {}))
        .isInstanceOf(BackendException.class);
    assertThatCode(stream::close).doesNotThrowAnyException();
  }

  @Test
  void aModelWhoseFramesAreTooManyForAWindowSaysSo() {
    FeatureSettings features =
        new FeatureSettings(
            FeatureKind.LOGMEL, RATE, 512, 400, 8, 64, 40, 0, 8000, MelScale.SLANEY, true, false);
    Path odd = folder.resolve("odd");
    ModelPackage.write(odd, TinyModel.description(features), TinyModel.weights(), "");
    try (EmotionRecognizer other = EmotionRecognizer.load(odd)) {
      assertThatThrownBy(() -> other.stream(RATE, StreamOptions.defaults(), moment -> {}))
          .isInstanceOf(SerException.class)
          .hasMessage(
              "A window of 4.0 s has 8000 frames of this model's features; expected less than 4000");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16_000, 44_100})
  void aFilesTimelineIsThatOfItsSamples(int rate) {
    float[] samples = Sounds.voice(9, 190, 40.2, rate);
    Path file = Sounds.writeFloats(folder.resolve("talk.wav"), samples, rate, 2);
    List<WindowRecognition> moments = new ArrayList<>();
    List<Double> progress = new ArrayList<>();

    recognizer.timeline(
        file,
        new StreamOptions(2, 1),
        moments::add,
        (seconds, total) -> {
          progress.add(seconds);
          assertThat(total).isEqualTo(OptionalDouble.of((double) samples.length / rate));
        });

    List<WindowRecognition> expected = hear(samples, rate, 2, 1);
    assertThat(moments).hasSize(40).hasSameSizeAs(expected);
    for (int i = 0; i < moments.size(); i++) {
      requireClose(moments.get(i), expected.get(i), 1e-5);
    }
    assertThat(progress).isSorted().hasSizeGreaterThan(3).last().isEqualTo(40.2);
  }

  @Test
  void filesThatCannotBeHeardAreRefused() throws IOException {
    StreamOptions options = StreamOptions.defaults();
    Path none = folder.resolve("none.wav");
    Path text = Files.writeString(folder.resolve("text.wav"), "this is not audio at all");
    Path brief = Sounds.write(folder.resolve("short.wav"), 1, 200, 0.01, RATE);
    float[] samples = Sounds.voice(1, 200, 60, RATE);
    samples[50 * RATE] = Float.POSITIVE_INFINITY;
    Path infinite = Sounds.writeFloats(folder.resolve("infinite.wav"), samples, RATE, 1);
    for (Path file : List.of(none, text, brief, infinite, folder)) {
      List<WindowRecognition> moments = new ArrayList<>();
      assertThatThrownBy(() -> recognizer.timeline(file, options, moments::add))
          .isInstanceOf(AudioException.class)
          .hasMessageStartingWith(file + ": ")
          .hasMessageNotContaining("\n");
      assertThat(moments).as("what came before").hasSizeBetween(0, 46);
      assertThat(moments.isEmpty()).isEqualTo(!Objects.equals(file, infinite));
    }
    assertThatThrownBy(() -> recognizer.timeline(brief, options, moment -> {}))
        .hasMessage(brief + ": is 0.010 s long, expected at least 0.1 s");
  }
}
