package ser.pipeline.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.AudioException;
import ser.api.ChannelSelection;
import ser.api.Device;
import ser.api.EmotionRecognizer;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import ser.features.dsp.FeatureExtractor;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;
import ser.graph.spi.Backend;
import ser.graph.spi.Backends;
import ser.graph.tensor.Tensor;
import ser.pipeline.io.WavWriter;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.TinyModel;
import ser.pipeline.recognition.Sounds;

class AttentionProbeTests {
  private static final int RATE = 16_000;
  private static final int FRAMES_PER_STEP = 4;

  private final ModelPackage model;
  private final Path folder;

  /** The tiny model, with projections large enough for an attention far from uniform. */
  AttentionProbeTests(@TempDir Path folder) {
    Map<String, Tensor> weights = new LinkedHashMap<>(TinyModel.weights());
    for (String name : List.of("query", "key")) {
      float[] values = floats(weights, "block0.attention." + name + ".weight");
      for (int i = 0; i < values.length; i++) {
        values[i] *= 3;
      }
    }
    SplittableRandom random = new SplittableRandom(3);
    for (String name : List.of("focus.centre", "focus.width", "calibration.gate.weight")) {
      float[] values = floats(weights, "block0.attention." + name);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
    }
    this.folder = folder;
    ModelPackage.write(folder, TinyModel.description(), weights, "# A card\n");
    this.model = ModelPackage.read(folder);
  }

  private static float[] floats(Map<String, Tensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name).floats();
  }

  private static AudioClip clip(long seed, double seconds) {
    float[] voice = Sounds.voice(seed, 150, seconds, RATE);
    float[] samples = new float[voice.length + RATE]; // half a second of silence at either end
    System.arraycopy(voice, 0, samples, RATE / 2, voice.length);
    return AudioClip.of(samples, RATE);
  }

  private static Stream<Tensor> series(AttentionTrace trace) {
    return Stream.of(
        trace.received(),
        trace.centre().orElseThrow(),
        trace.width().orElseThrow(),
        trace.gates().orElseThrow());
  }

  /** The recogniser gives 0 for the steps that are no speech. */
  @Test
  void receivedAttentionIsTheModelsOwn() {
    for (double seconds : new double[] {0.3, 2.5, 47}) {
      AudioClip clip = clip(5, seconds);
      Recognition recognition;
      try (EmotionRecognizer recognizer =
          EmotionRecognizer.load(folder, RecognizerOptions.defaults().withAttention(true))) {
        recognition = recognizer.recognize(clip.samples(), RATE);
      }
      AttentionTrace trace;
      try (Backend backend = Backends.best().open(Device.CPU);
          AttentionProbe probe = AttentionProbe.compile(model, backend)) {
        trace = probe.trace("clip", clip);
      }

      assertThat(trace.heads()).isEqualTo(2);
      assertThat(trace.firstSecond()).isBetween(0.3, 0.5);
      assertThat(trace.secondsPerStep()).isCloseTo(recognition.stepSeconds(), within(1e-12));
      int first = trace.firstFrame() / FRAMES_PER_STEP;
      int windows = seconds > 20 ? 3 : 1;
      float[] mean = trace.meanReceived();
      double sum = 0;
      for (int step = 0; step < mean.length; step++) {
        int window = ((step + 1) * windows - 1) / mean.length;
        int own = mean.length * (window + 1) / windows - mean.length * window / windows;
        double share = recognition.attention().get(first + step) * own / mean.length;
        assertThat((double) mean[step]).as("step %d", step).isCloseTo(share, within(1e-6));
        sum += mean[step];
      }
      assertThat(sum).isCloseTo(1, within(1e-5));
      float spread = 0;
      for (float share : mean) {
        spread = Math.max(spread, share * mean.length);
      }
      assertThat(spread).as("largest share over the uniform one").isGreaterThan(1.5f);
      List<Double> probabilities = List.copyOf(recognition.probabilities().values());
      for (int label = 0; label < probabilities.size(); label++) {
        assertThat((double) trace.probabilities().get(label))
            .isCloseTo(probabilities.get(label), within(1e-5));
      }
    }
  }

  @Test
  void theEnvelopeIsTheRmsOfTheSpeech() {
    AudioClip clip = clip(6, 1.5);
    float[] rms =
        FeatureExtractor.of(FeatureSettings.defaults(FeatureKind.RMS)).extract(clip).values();
    try (Backend backend = Backends.best().open(Device.CPU);
        AttentionProbe probe = AttentionProbe.compile(model, backend)) {
      AttentionTrace trace = probe.trace("clip", clip);
      float[] envelope = trace.envelope().rms();
      for (int frame = 0; frame < envelope.length; frame++) {
        assertThat(envelope[frame]).isCloseTo(rms[trace.firstFrame() + frame], within(1e-6f));
      }
      assertThat(trace.steps()).isEqualTo((envelope.length + 3) / FRAMES_PER_STEP);
    }
  }

  @Test
  void backendsAgree() {
    AudioClip clip = clip(7, 2);
    try (Backend djl = Backends.named("djl").open(Device.CPU);
        Backend dl4j = Backends.named("dl4j").open(Device.CPU);
        AttentionProbe first = AttentionProbe.compile(model, djl);
        AttentionProbe second = AttentionProbe.compile(model, dl4j)) {
      AttentionTrace expected = first.trace("clip", clip);
      AttentionTrace actual = second.trace("clip", clip);

      // As the conformance kit compares: by the element, for scores round with their size.
      float[] received = expected.received().floats();
      for (int i = 0; i < received.length; i++) {
        assertThat(actual.received().floats()[i])
            .as("element %d", i)
            .isCloseTo(received[i], within(Math.max(1e-7f, 1e-5f * received[i])));
      }
      assertThat(actual.gates().orElseThrow().floats())
          .containsExactly(expected.gates().orElseThrow().floats(), within(1e-6f));
      // In steps, of which there are fifty: 1e-6 of the clip.
      float tolerance = 1e-6f * actual.steps();
      assertThat(actual.centre().orElseThrow().floats())
          .containsExactly(expected.centre().orElseThrow().floats(), within(tolerance));
      assertThat(actual.width().orElseThrow().floats())
          .containsExactly(expected.width().orElseThrow().floats(), within(tolerance));
    }
  }

  @Test
  void clipsOfABatchAreTracedAsAlone() {
    List<AudioClip> clips = List.of(clip(1, 3), clip(2, 0.4), clip(3, 25), clip(4, 1));
    try (Backend backend = Backends.best().open(Device.CPU);
        AttentionProbe probe = AttentionProbe.compile(model, backend)) {
      List<AttentionTrace> together =
          probe.traces(clips.stream().map(clip -> probe.speech("clip", clip)).toList());
      for (int i = 0; i < clips.size(); i++) {
        AttentionTrace alone = probe.trace("clip", clips.get(i));
        assertThat(together.get(i).envelope()).isEqualTo(alone.envelope());
        List<Tensor> expected = series(alone).toList();
        List<Tensor> actual = series(together.get(i)).toList();
        for (int series = 0; series < expected.size(); series++) {
          assertThat(actual.get(series).floats())
              .containsExactly(expected.get(series).floats(), within(1e-4f));
        }
      }
    }
  }

  /** The second is longer than two minutes: it is not held, and its offset is a running one. */
  @Test
  void aFileIsTracedAsItsClip(@TempDir Path audio) {
    for (double seconds : new double[] {3, 150}) {
      AudioClip clip = clip(11, seconds);
      Path file = audio.resolve("clip.wav");
      WavWriter.write(file, clip);
      try (Backend backend = Backends.best().open(Device.CPU);
          AttentionProbe probe = AttentionProbe.compile(model, backend)) {
        TracedFile traced = probe.trace(file, ChannelSelection.mix());
        AttentionTrace expected = probe.trace("clip", AudioFiles.read(file));

        assertThat(traced.seconds()).isCloseTo(clip.durationSeconds(), within(1e-9));
        assertThat(traced.trace().firstFrame()).isEqualTo(expected.firstFrame());
        assertThat(traced.trace().envelope().rms())
            .containsExactly(expected.envelope().rms(), within(seconds < 120 ? 0f : 1e-3f));
        assertThat(traced.trace().received().floats())
            .containsExactly(expected.received().floats(), within(seconds < 120 ? 1e-6f : 1e-3f));
      }
    }
  }

  /** A window's centres are within it, and stand behind those of the window before. */
  @Test
  void centresOfAllWindowsCountFromTheFirstStep() {
    try (Backend backend = Backends.best().open(Device.CPU);
        AttentionProbe probe = AttentionProbe.compile(model, backend)) {
      AttentionTrace trace = probe.trace("clip", clip(8, 39));
      float[] centres = trace.row(trace.centre().orElseThrow(), 1);
      int half = trace.steps() / 2;
      for (int step = 0; step < trace.steps(); step++) {
        boolean first = step < half;
        assertThat(centres[step])
            .isBetween(first ? 0f : half, first ? half : (float) trace.steps());
      }
    }
  }

  @Test
  void silenceIsRefusedByName() {
    try (Backend backend = Backends.best().open(Device.CPU);
        AttentionProbe probe = AttentionProbe.compile(model, backend)) {
      assertThatThrownBy(() -> probe.trace("a.wav", AudioClip.of(new float[RATE], RATE)))
          .isInstanceOf(AudioException.class)
          .hasMessageStartingWith("a.wav: holds only silence");
    }
  }
}
