package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.AudioException;
import ser.api.ChannelSelection;
import ser.api.EmotionRecognizer;
import ser.api.EmotionStream;
import ser.api.FileResult;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.api.SerException;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.cli.BundledFiles;
import ser.cli.Cli;
import ser.features.audio.AudioFiles;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Recordings as people have them, made from the bundled clips: offsets, channels that cancel, a
 * silent channel, a telephone's. The bundled model classifies them as the clip itself.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrdinaryRecordingsTests {
  private static final int RATE = 16_000;

  /** Rounding of a sample to 16 bits moves a probability by this much. */
  private static final double ROUNDING = 2e-3;

  private final EmotionRecognizer recognizer = EmotionRecognizer.load(BundledFiles.model());

  @TempDir private Path folder = Path.of("");

  private short[] clip = {};
  private Path plain = Path.of("");
  private Recognition expected = recognizer.recognize(BundledFiles.clips().get(0));

  @BeforeAll
  void readClip() {
    float[] samples = AudioFiles.read(BundledFiles.clips().get(0)).resampledTo(RATE).samples();
    clip = new short[samples.length];
    for (int i = 0; i < clip.length; i++) {
      clip[i] = (short) Math.round(samples[i] * 0x1p15f);
    }
    plain = pcm("plain.wav", x -> x);
    expected = recognizer.recognize(plain);
  }

  @AfterAll
  void close() {
    recognizer.close();
  }

  /** A file of 16 bits whose channels are functions of the clip. */
  private Path pcm(String name, IntUnaryOperator... channels) {
    ByteBuffer data =
        ByteBuffer.allocate(2 * clip.length * channels.length).order(ByteOrder.LITTLE_ENDIAN);
    for (short sample : clip) {
      for (IntUnaryOperator channel : channels) {
        int value = channel.applyAsInt(sample);
        data.putShort((short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, value)));
      }
    }
    return write(name, 1, channels.length, RATE, 16, data.array());
  }

  private Path write(String name, int tag, int channels, int rate, int bits, byte[] data) {
    int frame = channels * bits / 8;
    ByteBuffer file = ByteBuffer.allocate(44 + data.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + data.length);
    file.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    file.putShort((short) tag).putShort((short) channels).putInt(rate).putInt(rate * frame);
    file.putShort((short) frame).putShort((short) bits);
    file.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(data.length).put(data);
    try {
      Path path = folder.resolve(name);
      Files.createDirectories(path.resolve("..").normalize());
      return Files.write(path, file.array());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void requireSame(Recognition actual, Recognition expected, double tolerance) {
    assertThat(actual.label()).isEqualTo(expected.label());
    expected
        .probabilities()
        .forEach(
            (label, probability) ->
                assertThat(actual.probability(label))
                    .as(label)
                    .isCloseTo(probability, within(tolerance)));
  }

  private List<WindowRecognition> timeline(Path file) {
    List<WindowRecognition> windows = new ArrayList<>();
    recognizer.timeline(file, new StreamOptions(2, 0.5), windows::add);
    return windows;
  }

  /**
   * The bundled model subtracts the mean level of a clip. Bands below the features' floor of −100
   * dB do not follow it: at −30 dB probabilities move, the answer does not.
   */
  @Test
  void aClipKeepsItsAnswerWhenItIsSofterOrFollowsAPause() {
    for (Path file : BundledFiles.clips()) {
      float[] samples = AudioFiles.read(file).resampledTo(RATE).samples();
      Recognition plainly = recognizer.recognize(samples, RATE);
      for (double gainDb : new double[] {-30, -12, 6}) {
        float factor = (float) Math.pow(10, gainDb / 20);
        float[] scaled = new float[samples.length];
        for (int i = 0; i < scaled.length; i++) {
          scaled[i] = factor * samples[i];
        }
        requireSame(recognizer.recognize(scaled, RATE), plainly, gainDb == -30 ? 1 : 0.03);
      }
      float[] later = new float[samples.length + 2 * RATE];
      System.arraycopy(samples, 0, later, 2 * RATE, samples.length);
      requireSame(recognizer.recognize(later, RATE), plainly, 1e-4);
    }
  }

  /** 1 and 10 % of full scale. */
  @ParameterizedTest
  @ValueSource(ints = {328, 3277, -3277})
  void aConstantOffsetChangesNothing(int offset) {
    Path file = pcm("offset.wav", x -> x + offset);

    Recognition recognition = recognizer.recognize(file);

    requireSame(recognition, expected, 1e-5);
    assertThat(recognition.notes()).isEmpty();
    FileResult result = recognizer.recognizeAll(List.of(plain, file)).get(1);
    requireSame(((FileResult.Recognized) result).recognition(), expected, 1e-5);
    List<WindowRecognition> windows = timeline(file);
    List<WindowRecognition> plainWindows = timeline(plain);
    List<WindowRecognition> streamed = new ArrayList<>();
    try (EmotionStream stream = recognizer.stream(RATE, new StreamOptions(2, 0.5), streamed::add)) {
      stream.push(AudioFiles.read(file).samples());
      stream.finish();
    }
    assertThat(windows).hasSameSizeAs(plainWindows).hasSameSizeAs(streamed);
    for (int i = 0; i < windows.size(); i++) {
      for (String label : recognizer.labels()) {
        double probability = plainWindows.get(i).probability(label);
        assertThat(windows.get(i).probability(label)).isCloseTo(probability, within(1e-5));
        assertThat(streamed.get(i).probability(label)).isCloseTo(probability, within(1e-5));
      }
    }
  }

  @Test
  void anOffsetAloneIsSilence() {
    Path file = pcm("offset.wav", x -> 9830);

    assertThatThrownBy(() -> recognizer.recognize(file))
        .isInstanceOf(AudioException.class)
        .hasMessageStartingWith(file + ": holds only silence");
    assertThat(timeline(file)).isNotEmpty().allMatch(WindowRecognition::isSilent);
  }

  @Test
  void ofChannelsThatCancelTheStrongerIsClassified() {
    Path inverted = pcm("inverted.wav", x -> x, x -> -x);
    Path weaker = pcm("weaker.wav", x -> x, x -> (int) Math.round(-0.98 * x));

    for (Path file : List.of(inverted, weaker)) {
      Recognition recognition = recognizer.recognize(file);
      requireSame(recognition, expected, 1e-5);
      assertThat(recognition.notes()).hasSize(1).first().asString().contains("cancel");
    }
    Cli cli = Cli.run("predict", weaker);
    assertThat(cli.code()).isZero();
    assertThat(cli.outLines()).hasSize(2);
    assertThat(cli.err().lines()).hasSize(1).first().asString().startsWith("note: " + weaker);
    Cli timeline = Cli.run("timeline", weaker);
    assertThat(timeline.code()).isZero();
    assertThat(timeline.err().lines()).hasSize(1).first().asString().startsWith("note: " + weaker);
  }

  @Test
  void aSilentChannelLeavesTheOthersAnswer() {
    requireSame(recognizer.recognize(pcm("left.wav", x -> x, x -> 0)), expected, 1e-5);
    requireSame(recognizer.recognize(pcm("right.wav", x -> 100, x -> x)), expected, 1e-5);
  }

  @Test
  void telephoneAudioIsClassifiedAndNotedAsBandLimited() {
    byte[] coded = new byte[clip.length / 2];
    for (int i = 0; i < coded.length; i++) {
      coded[i] = muLaw(clip[2 * i]);
    }
    Path file = write("telephone.wav", 7, 1, RATE / 2, 8, coded);

    Recognition recognition = recognizer.recognize(file);

    assertThat(recognition.probabilities()).hasSize(8);
    assertThat(recognition.doubts()).anyMatch(doubt -> doubt.contains("frequencies up to 3"));
    assertThat(recognition.notes())
        .containsExactly(
            "band-limited: a sample rate of 8000 Hz holds nothing above 4000 Hz, expected up to 8000 Hz");
    JsonNode json =
        JsonMapper.shared().readTree(Cli.run("predict", "--json", file).succeeds().out());
    assertThat(json.get("notes").get(0).asString()).isEqualTo(recognition.notes().get(0));
    String[] lines = Cli.run("predict", "--format", "csv", file).succeeds().out().split("\n", -1);
    assertThat(lines[0]).endsWith(",error,notes,doubts");
    assertThat(lines[1]).contains(recognition.notes().get(0));
    assertThat(recognizer.recognize(plain).notes()).isEmpty();
  }

  /** G.711. */
  private static byte muLaw(int sample) {
    int magnitude = Math.min(Math.abs(sample), 32_635) + 132;
    int exponent = 24 - Integer.numberOfLeadingZeros(magnitude);
    int mantissa = magnitude >> (exponent + 3) & 15;
    return (byte) ~((sample < 0 ? 0x80 : 0) | exponent << 4 | mantissa);
  }

  @Test
  void oneChannelOrEachIsClassifiedAsItself() {
    Path other = BundledFiles.clips().get(4);
    float[] second = AudioFiles.read(other, RATE).samples();
    int[] at = {0};
    Path file =
        pcm(
            "two.wav",
            x -> x,
            x -> at[0] < second.length ? Math.round(second[at[0]++] * 0x1p15f) : 0);
    RecognizerOptions options = RecognizerOptions.defaults();

    try (EmotionRecognizer right =
        EmotionRecognizer.load(
            BundledFiles.model(), options.withChannels(ChannelSelection.channel(2)))) {
      assertThat(right.recognize(file).label())
          .isEqualTo(recognizer.recognize(other).label())
          .isNotEqualTo(expected.label());
      assertThatThrownBy(() -> right.recognize(plain))
          .isInstanceOf(AudioException.class)
          .hasMessageStartingWith(plain + ": ")
          .hasMessageContaining("channel");
    }
    try (EmotionRecognizer each =
        EmotionRecognizer.load(
            BundledFiles.model(), options.withChannels(ChannelSelection.each()))) {
      Path missing = folder.resolve("missing.wav");
      List<FileResult> results = each.recognizeAll(List.of(plain, missing, file));
      assertThat(results)
          .extracting(FileResult::channel)
          .containsExactly(
              OptionalInt.of(1), OptionalInt.empty(), OptionalInt.of(1), OptionalInt.of(2));
      requireSame(((FileResult.Recognized) results.get(2)).recognition(), expected, ROUNDING);
      assertThat(results.get(1)).isInstanceOf(FileResult.Failed.class);
      requireSame(each.recognize(plain), expected, ROUNDING);
      assertThatThrownBy(() -> each.recognize(file))
          .isInstanceOf(SerException.class)
          .hasMessageStartingWith(file + ": has 2 channels");
      assertThatThrownBy(() -> each.timeline(file, StreamOptions.defaults(), window -> {}))
          .isInstanceOf(SerException.class)
          .hasMessageStartingWith(file + ": has 2 channels");
    }
    Cli csv = Cli.run("predict", "--channel", "each", "--format", "csv", file).succeeds();
    assertThat(csv.outLines()).hasSize(3);
    assertThat(csv.outLines().get(0)).startsWith("file,channel,emotion,p_");
    assertThat(csv.outLines().get(2)).startsWith(file + ",2,");
    Cli json = Cli.run("predict", "--channel", "2", "--json", file).succeeds();
    assertThat(JsonMapper.shared().readTree(json.out()).get("channel").asInt()).isEqualTo(2);
    assertThat(Cli.run("predict", "--channel", "each", file).succeeds().outLines().get(2))
        .startsWith(file + ", channel 2");
    assertThat(Cli.run("timeline", "--channel", "2", "--json", file).succeeds().out())
        .isNotEqualTo(Cli.run("timeline", "--channel", "1", "--json", file).succeeds().out());
    Cli.run("timeline", "--channel", "3", file).failsSaying(file, "channel");
  }

  @Test
  void aFolderWithLinksAndALoopIsAnswered() throws IOException {
    Path root = Files.createDirectories(folder.resolve("folders"));
    Path real = pcm("folders/real/a.wav", x -> x);
    Files.createSymbolicLink(root.resolve("linked"), Path.of("real"));
    Files.createSymbolicLink(root.resolve("real/loop"), Path.of(".."));

    Cli cli = Cli.run("predict", "--json", root);

    assertThat(cli.code()).isEqualTo(1);
    assertThat(cli.outLines()).hasSize(2);
    assertThat(JsonMapper.shared().readTree(cli.outLines().get(0)).get("error").asString())
        .isEqualTo(
            root.resolve("real/loop") + ": a link to a folder that contains it; not followed");
    assertThat(JsonMapper.shared().readTree(cli.outLines().get(1)).get("file").asString())
        .isEqualTo(real.toString());
    assertThat(cli.err()).contains("note: 1 more name of a file or folder", "linked");
    // The loop leads above the folder that is searched, and the file has been named.
    assertThat(Cli.run("predict", "--json", real, root.resolve("linked")).outLines())
        .satisfiesExactly(
            line -> assertThat(line).contains("linked/loop", "not followed"),
            line -> assertThat(line).contains(real.toString(), "probabilities"));
  }

  @Test
  void verboseAddsWhereTheErrorOfAFileComesFrom() {
    Path missing = folder.resolve("missing.wav");

    Cli cli = Cli.run("predict", "--verbose", missing, plain);

    assertThat(cli.err()).startsWith("ser: " + missing).contains("AudioException", "\tat ser.");
    assertThat(cli.outLines()).hasSize(2);
  }

  @Test
  void theDemoRunsOnOneBackend() {
    assertThat(Cli.run("demo", "--backend", "dl4j").succeeds().out())
        .contains("predicted on dl4j")
        .doesNotContain("djl");
    Cli.run("demo", "--backend", "abacus").failsSaying("'abacus'");
  }
}
