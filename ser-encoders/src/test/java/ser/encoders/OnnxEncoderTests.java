package ser.encoders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.Device;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.features.dsp.FeatureMatrix;
import ser.features.pretrained.EncoderInput;
import ser.features.pretrained.EncoderInput.Kind;
import ser.features.pretrained.EncoderInput.Normalization;
import ser.features.pretrained.PretrainedEncoder;
import ser.features.pretrained.PretrainedEncoders;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.spi.Backend;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;
import ser.reference.ReferenceBackendProvider;

class OnnxEncoderTests {
  private static final int RATE = 16_000;
  private static final EncoderInput WAVEFORM = EncoderInput.of(Kind.WAVEFORM);
  private static final EncoderInput WHISPER = EncoderInput.of(Kind.WHISPER);

  private final Path folder;

  OnnxEncoderTests(@TempDir Path folder) {
    this.folder = folder;
  }

  private static AudioClip noise(long seed, int length) {
    Random random = new Random(seed);
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (float) (0.1 * random.nextGaussian());
    }
    return AudioClip.of(samples, RATE);
  }

  private PretrainedEncoder open(Graph graph, EncoderInput input) {
    return PretrainedEncoders.open(
        SmallEncoders.write(folder.resolve("encoder.onnx"), graph, 3), input);
  }

  private static Map<String, Tensor> reference(
      Graph graph, String name, float[] values, long... shape) {
    try (Backend backend = new ReferenceBackendProvider().open(Device.CPU);
        InferenceFunction function = backend.compile(graph, graph.initialParameters(3))) {
      return function.run(Map.of(name, Tensor.of(values, shape)));
    }
  }

  private static float[] floats(Map<String, Tensor> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name), name).floats();
  }

  @Test
  void theHiddenStatesOfWav2vecAreItsLayers() throws IOException {
    Graph graph = SmallEncoders.wav2vec();
    AudioClip clip = noise(1, RATE);
    Map<String, Tensor> expected = reference(graph, "input_values", clip.samples(), 1, RATE);
    try (PretrainedEncoder encoder = open(graph, WAVEFORM)) {
      assertThat(encoder.layers()).isEqualTo(3);
      assertThat(encoder.width()).isEqualTo(SmallEncoders.WIDTH);
      assertThat(encoder.samplesPerFrame()).isEqualTo(320);
      assertThat(encoder.sha256()).hasSize(64);
      FeatureMatrix features = encoder.encode(clip);
      assertThat(features.frames()).isEqualTo(49); // as Transformers gives for one second
      assertThat(features.columns()).isEqualTo(24);
      int layer = 0;
      for (String name : new String[] {"last_hidden_state", "hidden_states.0", "hidden_states.1"}) {
        float[] own = floats(expected, name);
        for (int frame = 0; frame < 49; frame++) {
          int from = frame * 24 + layer * 8;
          assertThat(Arrays.copyOfRange(features.values(), from, from + 8))
              .as("%s, frame %d", name, frame)
              .containsExactly(Arrays.copyOfRange(own, frame * 8, frame * 8 + 8), within(1e-4f));
        }
        layer++;
      }
      assertThat(encoder.encode(clip)).isEqualTo(features);
    }
  }

  @Test
  void whisperTakesItsOwnEnergiesAndGivesTheFramesOfTheClip() {
    Graph graph = SmallEncoders.whisper(80);
    AudioClip clip = noise(2, 2 * RATE);
    float[] energies = new WhisperFrames(80).of(clip.samples());
    float[] expected =
        floats(reference(graph, "input_features", energies, 1, 80, 3000), "last_hidden_state");
    try (PretrainedEncoder encoder = open(graph, WHISPER)) {
      assertThat(encoder.samplesPerFrame()).isEqualTo(320);
      FeatureMatrix features = encoder.encode(clip);
      assertThat(features.frames()).isEqualTo(100);
      assertThat(features.values())
          .containsExactly(Arrays.copyOf(expected, features.values().length), within(1e-4f));
    }
    try (PretrainedEncoder large = open(SmallEncoders.whisper(128), WHISPER)) {
      assertThat(large.encode(clip).frames()).isEqualTo(100);
    }
  }

  @Test
  void aNormalizedWaveformForgetsLevelAndOffset() {
    AudioClip clip = noise(4, RATE);
    float[] changed = new float[RATE];
    for (int i = 0; i < RATE; i++) {
      changed[i] = 0.25f * clip.samples()[i] + 0.1f;
    }
    Graph graph = SmallEncoders.frames(Dim.symbol("samples"));
    EncoderInput normalized = WAVEFORM.withNormalization(Normalization.UTTERANCE);
    try (PretrainedEncoder encoder = open(graph, normalized)) {
      assertThat(encoder.encode(AudioClip.of(changed, RATE)).values())
          .containsExactly(encoder.encode(clip).values(), within(1e-3f));
    }
    try (PretrainedEncoder plain = open(graph, WAVEFORM);
        PretrainedEncoder scaled = open(graph, WAVEFORM.withFullScale(32_768))) {
      assertThat(plain.encode(AudioClip.of(changed, RATE)).values())
          .isNotEqualTo(plain.encode(clip).values());
      float[] small = plain.encode(clip).values();
      float[] large = scaled.encode(clip).values();
      assertThat(large[7] / small[7]).isCloseTo(32_768, within(1f));
    }
  }

  @Test
  void aLongClipIsEncodedInEqualParts() {
    try (PretrainedEncoder encoder = open(SmallEncoders.wav2vec(), WAVEFORM)) {
      AudioClip clip = noise(5, 65 * RATE); // three parts of 21.7 s
      FeatureMatrix features = encoder.encode(clip);
      int part = (65 * RATE + 2) / 3;
      AudioClip second = AudioClip.of(Arrays.copyOfRange(clip.samples(), part, 2 * part), RATE);
      FeatureMatrix alone = encoder.encode(second);
      assertThat(features.frames()).isBetween(3 * alone.frames() - 2, 3 * alone.frames());
      assertThat(
              Arrays.copyOfRange(
                  features.values(), alone.values().length, 2 * alone.values().length))
          .isEqualTo(alone.values());
    }
  }

  @Test
  void anInputOfFixedLengthIsFilledWindowByWindow() {
    try (PretrainedEncoder encoder = open(SmallEncoders.frames(Dim.of(RATE)), WAVEFORM);
        PretrainedEncoder any =
            PretrainedEncoders.open(
                SmallEncoders.write(
                    folder.resolve("any.onnx"), SmallEncoders.frames(Dim.symbol("samples")), 3),
                WAVEFORM)) {
      assertThat(encoder.samplesPerFrame()).isEqualTo(160);
      assertThat(any.samplesPerFrame()).isEqualTo(160);
      AudioClip clip = noise(6, 40_000);
      assertThat(encoder.encode(clip).values())
          .containsExactly(any.encode(clip).values(), within(1e-6f));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 399, 1599, 1600, 4000})
  void aShortClipHasAFrameOrMore(int length) {
    try (PretrainedEncoder encoder = open(SmallEncoders.wav2vec(), WAVEFORM)) {
      assertThat(encoder.encode(noise(7, length)).frames())
          .isEqualTo(length < 1600 ? Math.min(4, (length + 319) / 320) : (length - 80) / 320);
    }
  }

  @Test
  void manyThreadsGetTheSameDigits() {
    try (PretrainedEncoder encoder = open(SmallEncoders.wav2vec(), WAVEFORM)) {
      FeatureMatrix expected = encoder.encode(noise(8, RATE));
      assertThat(
              IntStream.range(0, 32)
                  .parallel()
                  .mapToObj(i -> encoder.encode(noise(8, RATE)))
                  .allMatch(expected::equals))
          .isTrue();
    }
  }

  @Test
  void aClosedEncoderSaysSo() {
    PretrainedEncoder encoder = open(SmallEncoders.frames(Dim.symbol("samples")), WAVEFORM);
    encoder.close();
    encoder.close();
    assertThatThrownBy(() -> encoder.encode(noise(1, RATE)))
        .isInstanceOf(SerException.class)
        .hasMessageEndingWith("encoder.onnx: the encoder is closed");
  }

  private void refuses(Graph graph, EncoderInput input, String reason) {
    assertThatThrownBy(() -> open(graph, input).close())
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(folder.resolve("encoder.onnx") + ": ")
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n");
  }

  @Test
  void aFileThatIsNoEncoderIsRefusedInOneLine() {
    GraphBuilder two = SmallEncoders.builder();
    Value audio = SmallEncoders.waveform(two);
    Value mask =
        two.input("attention_mask", TensorType.float32(Dim.symbol("batch"), Dim.symbol("samples")));
    two.output("frames", SmallEncoders.framed(two, two.mul(audio, mask)));
    refuses(two.build(), WAVEFORM, "has 2 inputs, input_values, attention_mask; expected one");

    refuses(
        SmallEncoders.whisper(80),
        WAVEFORM,
        "its input input_features is [any, 80, 3000]; expected [batch, samples], a waveform");
    refuses(
        SmallEncoders.whisper(81),
        WHISPER,
        "its input input_features is [any, 81, 3000]; expected [batch, 80 or 128, 3000]");
    refuses(
        SmallEncoders.frames(Dim.symbol("samples")),
        WHISPER,
        "its input audio is [any, any]; expected [batch, 80 or 128, 3000]");

    GraphBuilder pooled = SmallEncoders.builder();
    Value frames = SmallEncoders.framed(pooled, SmallEncoders.waveform(pooled));
    pooled.output(
        "embedding",
        pooled.reshape(
            pooled.reduce(Op.Reduction.MEAN, frames, 1),
            frames.dim(0),
            Dim.of(SmallEncoders.WIDTH)));
    refuses(pooled.build(), WAVEFORM, "has no output [batch, frames, width]");

    GraphBuilder single = SmallEncoders.builder();
    single.output(
        "mean",
        single.reduce(
            Op.Reduction.MEAN, SmallEncoders.framed(single, SmallEncoders.waveform(single)), 1));
    refuses(single.build(), WAVEFORM, "gives 1 frames for one second and 1 for three");

    GraphBuilder integers = SmallEncoders.builder();
    Value numbers =
        integers.input("tokens", TensorType.int64(Dim.symbol("batch"), Dim.symbol("samples")));
    integers.output(
        "frames", SmallEncoders.framed(integers, integers.cast(numbers, DataType.FLOAT32)));
    refuses(integers.build(), WAVEFORM, "its input tokens is no float32 tensor; expected audio");
  }

  @Test
  void numbersThatAreNotFiniteAreRefused() {
    GraphBuilder g = SmallEncoders.builder();
    Value frames = SmallEncoders.framed(g, SmallEncoders.waveform(g));
    g.output("frames", g.unary(Op.UnaryFunction.LOG, g.scale(g.square(frames), -1)));
    try (PretrainedEncoder encoder = open(g.build(), WAVEFORM)) {
      assertThatThrownBy(() -> encoder.encode(noise(1, RATE)))
          .isInstanceOf(SerException.class)
          .hasMessageEndingWith("encoder.onnx: gives NaN for a clip; expected finite numbers");
    }
  }

  @Test
  void aDamagedFileIsRefused() throws IOException {
    Path file =
        SmallEncoders.write(
            folder.resolve("encoder.onnx"), SmallEncoders.frames(Dim.symbol("samples")), 3);
    byte[] bytes = Files.readAllBytes(file);
    for (byte[] damaged :
        new byte[][] {
          {}, "not a model".getBytes(StandardCharsets.UTF_8), Arrays.copyOf(bytes, bytes.length / 2)
        }) {
      Files.write(file, damaged);
      assertThatThrownBy(() -> PretrainedEncoders.open(file, WAVEFORM).close())
          .isInstanceOf(SerException.class)
          .hasMessageStartingWith(file + ": ")
          .hasMessageNotContaining("\n");
    }
    Path text = Files.writeString(folder.resolve("encoder.txt"), "text");
    assertThatThrownBy(() -> PretrainedEncoders.open(text, WAVEFORM))
        .hasMessage(
            text + ": is no pretrained encoder that can be read; expected an ONNX file (.onnx)");
    Path missing = folder.resolve("missing.onnx");
    assertThatThrownBy(() -> PretrainedEncoders.open(missing, WAVEFORM))
        .hasMessage(missing + ": no such file; expected a pretrained encoder");
  }

  /** A model by hand: its one weight lies in a file that is not there. */
  @Test
  void externalDataThatIsMissingIsNamed() throws IOException {
    byte[] entry = message(text(1, "location"), text(2, "weights.bin"));
    byte[] weight =
        message(
            number(1, 1),
            number(1, 1),
            number(2, 1),
            text(8, "w"),
            field(13, entry),
            number(14, 1));
    byte[] node = message(text(1, "audio"), text(1, "w"), text(2, "frames"), text(4, "Mul"));
    byte[] axis = message(text(2, "n"));
    byte[] shape = message(field(1, axis), field(1, axis));
    byte[] type = message(field(1, message(number(1, 1), field(2, shape))));
    byte[] graph =
        message(
            field(1, node),
            text(2, "g"),
            field(5, weight),
            field(11, message(text(1, "audio"), field(2, type))),
            field(12, message(text(1, "frames"), field(2, type))));
    byte[] model = message(number(1, 8), field(7, graph), field(8, message(number(2, 17))));
    Path file = Files.write(folder.resolve("external.onnx"), model);
    assertThatThrownBy(() -> PretrainedEncoders.open(file, WAVEFORM).close())
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(file + ": is no ONNX file that ONNX Runtime reads: ")
        .hasMessageContaining("weights.bin")
        .hasMessageNotContaining("\n");
  }

  private static byte[] message(byte[]... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] field : fields) {
      out.writeBytes(field);
    }
    return out.toByteArray();
  }

  private static byte[] text(int number, String text) {
    return field(number, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] field(int number, byte[] content) {
    return message(varint((number << 3) | 2), varint(content.length), content);
  }

  private static byte[] number(int number, int value) {
    return message(varint(number << 3), varint(value));
  }

  private static byte[] varint(int value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int rest = value;
    while (rest > 127) {
      out.write((rest & 127) | 128);
      rest >>>= 7;
    }
    out.write(rest);
    return out.toByteArray();
  }

  @Test
  void theInputIsChecked() {
    assertThatThrownBy(() -> WAVEFORM.withSampleRate(10))
        .isInstanceOf(SerException.class)
        .hasMessage("pretrained: sampleRate is 10; expected 1000 to 768000");
    assertThatThrownBy(() -> WAVEFORM.withFullScale(Double.NaN))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("pretrained: fullScale is NaN; expected 1");
    assertThatThrownBy(() -> WHISPER.withSampleRate(8000))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("input whisper is of 16000 Hz");
  }
}
