package ser.pipeline.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.AudioException;
import ser.api.EmotionRecognizer;
import ser.api.EmotionStream;
import ser.api.FileResult;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.api.SegmentOptions;
import ser.api.SerException;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.TinyModel;
import ser.pipeline.modelpackage.TinyVad;
import ser.pipeline.modelpackage.VadModel;

/** A detector that takes loud frames for speech shows which frames make a segment. */
class SegmentedStreamTests {
  private static final int RATE = 16_000;

  private final Path folder;

  SegmentedStreamTests(@TempDir Path folder) {
    this.folder = folder;
  }

  private EmotionRecognizer load(VadModel vad) {
    Path model = TinyModel.write(folder.resolve("model"));
    vad.write(model.resolve(VadModel.FILE));
    return EmotionRecognizer.load(model);
  }

  /** Voices from and to these seconds, soft noise elsewhere. */
  private static float[] voices(double seconds, double... times) {
    float[] samples = new float[(int) (seconds * RATE)];
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (1e-4 * random.nextGaussian());
    }
    for (int i = 0; i < times.length; i += 2) {
      float[] voice = Sounds.voice(i, 150 + 20 * i, times[i + 1] - times[i], RATE);
      int from = (int) (times[i] * RATE);
      for (int j = 0; j < voice.length; j++) {
        samples[from + j] += voice[j];
      }
    }
    return samples;
  }

  private static List<WindowRecognition> segments(
      EmotionRecognizer recognizer, float[] samples, int piece, SegmentOptions options) {
    List<WindowRecognition> segments = new ArrayList<>();
    try (EmotionStream stream = recognizer.segmentStream(RATE, options, segments::add)) {
      for (int at = 0; at < samples.length; at += piece) {
        stream.push(samples, at, Math.min(piece, samples.length - at));
      }
      stream.finish();
    }
    return segments;
  }

  @Test
  void speechBetweenPausesIsClassifiedAsAClipIs() {
    float[] samples = voices(12, 1, 2.5, 3.2, 4, 8, 11);
    try (EmotionRecognizer recognizer = load(TinyVad.above(-13))) {
      List<WindowRecognition> segments =
          segments(recognizer, samples, 1600, SegmentOptions.defaults());
      assertThat(segments).hasSize(3);
      double[][] expected = {{1, 2.5}, {3.2, 4}, {8, 11}};
      for (int i = 0; i < 3; i++) {
        WindowRecognition segment = segments.get(i);
        assertThat(segment.startSeconds()).isCloseTo(expected[i][0], within(0.05));
        assertThat(segment.endSeconds()).isCloseTo(expected[i][1], within(0.05));
        assertThat(segment.confidence().orElseThrow())
            .isEqualTo(segment.probability(segment.label().orElseThrow()));
        float[] clip =
            Arrays.copyOfRange(
                samples,
                (int) Math.round((segment.startSeconds() - 0.1) * RATE),
                (int) Math.round((segment.endSeconds() + 0.09) * RATE));
        Recognition alone = recognizer.recognize(clip, RATE);
        segment
            .probabilities()
            .forEach(
                (label, probability) ->
                    assertThat(probability).isCloseTo(alone.probability(label), within(0.02)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {160, 5_000, 100_000, 1_000_000})
  void aFileAndAStreamHaveTheSameSegments(int piece) {
    float[] samples = voices(40, 0, 1.5, 3, 5, 7, 30, 39, 40);
    Path file = Sounds.writeFloats(folder.resolve("x.wav"), samples, RATE, 1);
    try (EmotionRecognizer recognizer = load(TinyVad.above(-13))) {
      List<WindowRecognition> ofFile = new ArrayList<>();
      recognizer.segments(file, SegmentOptions.defaults(), ofFile::add);
      List<WindowRecognition> ofStream =
          segments(recognizer, samples, piece, SegmentOptions.defaults());
      // The third is 23 s long: ten, ten and three.
      assertThat(ofFile).hasSize(6).hasSameSizeAs(ofStream);
      for (int i = 0; i < ofFile.size(); i++) {
        assertThat(ofStream.get(i).startSeconds()).isEqualTo(ofFile.get(i).startSeconds());
        assertThat(ofStream.get(i).endSeconds()).isEqualTo(ofFile.get(i).endSeconds());
        for (String label : recognizer.labels()) {
          assertThat(ofStream.get(i).probability(label))
              .isCloseTo(ofFile.get(i).probability(label), within(1e-5));
        }
      }
      assertThat(ofFile.get(3).startSeconds()).isEqualTo(ofFile.get(2).endSeconds());
      assertThat(ofFile.get(2).endSeconds() - ofFile.get(2).startSeconds())
          .isCloseTo(10, within(1e-9));
      assertThat(ofFile.get(5).endSeconds()).isLessThanOrEqualTo(40);
    }
  }

  @Test
  void theOptionsDecideWhatEndsASegment() {
    float[] samples = voices(10, 1, 3, 3.3, 8);
    try (EmotionRecognizer recognizer = load(TinyVad.above(-13))) {
      SegmentOptions options = SegmentOptions.defaults();
      assertThat(segments(recognizer, samples, 8000, options)).hasSize(1);
      assertThat(segments(recognizer, samples, 8000, options.withPause(0.2))).hasSize(2);
      assertThat(segments(recognizer, samples, 8000, options.withLongest(2))).hasSize(4);
    }
    assertThatThrownBy(() -> SegmentOptions.defaults().withPause(0))
        .isInstanceOf(SerException.class)
        .hasMessage("A pause of 0.0 s; expected 0.1 to 5.0 s");
    assertThatThrownBy(() -> SegmentOptions.defaults().withLongest(30))
        .isInstanceOf(SerException.class)
        .hasMessage("A longest segment of 30.0 s; expected 1.0 to 20.0 s");
  }

  @Test
  void windowsWithoutSpeechHaveNoEmotionHoweverLoudTheyAre() {
    float[] samples = voices(8, 0, 8);
    StreamOptions options = new StreamOptions(2, 1);
    try (EmotionRecognizer all = load(TinyVad.above(-100));
        EmotionRecognizer none = load(TinyVad.deaf())) {
      Path file = Sounds.writeFloats(folder.resolve("x.wav"), samples, RATE, 1);
      List<WindowRecognition> spoken = new ArrayList<>();
      List<WindowRecognition> unspoken = new ArrayList<>();
      all.timeline(file, options, spoken::add);
      none.timeline(file, options, unspoken::add);
      assertThat(spoken).hasSize(7).noneMatch(WindowRecognition::isSilent);
      assertThat(unspoken).hasSize(7).allMatch(WindowRecognition::isSilent);
      assertThat(segments(none, samples, 8000, SegmentOptions.defaults())).isEmpty();
    }
  }

  @Test
  void aClipWithoutSpeechIsClassifiedAndDoubted() {
    float[] voice = Sounds.voice(1, 150, 2, RATE);
    float[] longer = Sounds.voice(2, 150, 30, RATE);
    try (EmotionRecognizer all = load(TinyVad.above(-100));
        EmotionRecognizer none = load(TinyVad.deaf())) {
      for (float[] samples : List.of(voice, longer)) {
        assertThat(all.recognize(samples, RATE).doubts())
            .noneMatch(doubt -> doubt.startsWith("no speech"));
        Recognition doubted = none.recognize(samples, RATE);
        assertThat(doubted.doubts())
            .contains("no speech: the voice activity detector finds none, or too little, in it");
        assertThat(doubted.probabilities()).isEqualTo(all.recognize(samples, RATE).probabilities());
      }
      Path file = Sounds.writeFloats(folder.resolve("x.wav"), voice, RATE, 1);
      FileResult result = none.recognizeAll(List.of(file)).get(0);
      assertThat(((FileResult.Recognized) result).recognition().isSure()).isFalse();
    }
  }

  @Test
  void aReferenceWithoutSpeechIsRefused() {
    Path file = Sounds.writeFloats(folder.resolve("x.wav"), Sounds.voice(1, 150, 2, RATE), RATE, 1);
    Path model = folder.resolve("adjustable");
    ModelPackage.write(model, TinyModel.adjustable(), TinyModel.weights(), "");
    RecognizerOptions options = RecognizerOptions.defaults().withReference(List.of(file));
    TinyVad.above(-100).write(model.resolve(VadModel.FILE));
    EmotionRecognizer.load(model, options).close();
    TinyVad.deaf().write(model.resolve(VadModel.FILE));
    assertThatThrownBy(() -> EmotionRecognizer.load(model, options))
        .isInstanceOf(AudioException.class)
        .hasMessage(
            "The reference cannot be used: %s: the voice activity detector finds no speech in it, or too little",
            file);
  }

  @Test
  void aWindowNeedsHalfASecondOfSpeech() {
    StreamOptions options = new StreamOptions(4, 4);
    try (EmotionRecognizer recognizer = load(TinyVad.above(-13))) {
      for (double seconds : new double[] {0.3, 0.8}) {
        List<WindowRecognition> windows = new ArrayList<>();
        try (EmotionStream stream = recognizer.stream(RATE, options, windows::add)) {
          stream.push(voices(4.1, 2, 2 + seconds));
        }
        assertThat(windows).hasSize(1);
        assertThat(windows.get(0).isSilent()).isEqualTo(seconds < 0.5);
      }
    }
  }

  @Test
  void aModelWithoutADetectorHasNoSegments() {
    try (EmotionRecognizer recognizer =
        EmotionRecognizer.load(
            TinyModel.write(folder.resolve("plain")), RecognizerOptions.defaults())) {
      assertThatThrownBy(
              () -> recognizer.segmentStream(RATE, SegmentOptions.defaults(), segment -> {}))
          .isInstanceOf(SerException.class)
          .hasMessage(
              "The model has no voice activity detector for its features; expected vad.safetensors in its package, which 'ser train-vad' makes");
    }
  }
}
