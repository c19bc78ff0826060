package ser.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.api.recognition.EmotionRecognizer;
import ser.api.recognition.Recognition;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PredictCommandTests {
  private static Path tone(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(folder);
    return Files.write(file, Wav.of(Wav.tone(0.5)).bytes());
  }

  @Test
  void theTableNamesFileEmotionAndTheNextLikely() {
    List<Path> clips = Bundle.clips();

    Cli cli = Cli.run("predict", clips.get(0), clips.get(1)).succeeds();

    assertThat(cli.outLines()).hasSize(3);
    assertThat(cli.outLines().get(0)).matches("file +emotion +prob\\. +seconds +next");
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(Bundle.model())) {
      Recognition heard = recognizer.recognize(clips.get(0));
      assertThat(cli.outLines().get(1)).startsWith(clips.get(0) + "  " + heard.label());
    }
  }

  @Test
  void eachJsonLineHasTheSameFourFields() {
    Cli cli = Cli.run("predict", "--json", Bundle.model().resolveSibling("clips")).succeeds();

    assertThat(cli.outLines()).hasSize(8);
    for (int i = 0; i < 8; i++) {
      JsonNode answer = JsonMapper.shared().readTree(cli.outLines().get(i));
      assertThat(answer.propertyNames())
          .containsExactly("file", "emotion", "probabilities", "seconds");
      assertThat(answer.get("file").asString()).isEqualTo(Bundle.clips().get(i).toString());
      JsonNode probabilities = answer.get("probabilities");
      assertThat(probabilities.has(answer.get("emotion").asString())).isTrue();
      assertThat(probabilities.valueStream().mapToDouble(JsonNode::asDouble).sum())
          .isCloseTo(1, within(1e-5));
      assertThat(answer.get("seconds").asDouble()).isBetween(3.0, 5.0);
    }
  }

  @Test
  void foldersAreSearchedAtAnyDepthInTheOrderOfNames(@TempDir Path folder) throws IOException {
    Path deep = tone(folder.resolve("b/c"), "deep.WAV");
    Path near = tone(folder, "a.wav");
    Files.writeString(folder.resolve("notes.txt"), "not audio");

    Cli cli = Cli.run("predict", "--json", folder).succeeds();

    assertThat(cli.outLines())
        .map(line -> JsonMapper.shared().readTree(line).get("file").asString())
        .containsExactly(near.toString(), deep.toString());
  }

  @Test
  void namesWithSpacesAndAccentsAreFine(@TempDir Path folder) throws IOException {
    Path file = tone(folder, "ein schöner Tag.wav");

    assertThat(Cli.run("predict", file).succeeds().out()).contains(file.toString());
  }

  @Test
  void aBadFileDoesNotKeepTheOthersFromBeingAnswered(@TempDir Path folder) throws IOException {
    Path good = tone(folder, "good.wav");
    Path bad = Files.createFile(folder.resolve("bad.wav"));
    Path also = tone(folder, "also.wav");

    Cli cli = Cli.run("predict", "--json", good, bad, also).failsSaying(bad, "an empty file");

    assertThat(cli.outLines()).hasSize(3);
    assertThat(cli.outLines().get(0)).contains("\"emotion\"");
    JsonNode failed = JsonMapper.shared().readTree(cli.outLines().get(1));
    assertThat(failed.propertyNames()).containsExactly("file", "error");
    assertThat(failed.get("file").asString()).isEqualTo(bad.toString());
    assertThat(cli.outLines().get(2)).contains("\"emotion\"");
  }

  static Stream<Map.Entry<String, byte[]>> badFiles() {
    byte[] tone = Wav.tone(1);
    Wav good = Wav.of(tone);
    byte[] text = "The quick brown fox\n".getBytes(StandardCharsets.UTF_8);
    byte[] mp3 = Arrays.copyOf(new byte[] {(byte) 0xff, (byte) 0xfb, (byte) 0x90, 0x64}, 400);
    return Stream.of(
        Map.entry("an empty file; expected WAV or FLAC", new byte[0]),
        Map.entry(
            "holds only silence, a peak of 0.000000 of full scale, expected speech",
            Wav.of(new byte[32_000]).bytes()),
        Map.entry(
            "truncated, its data chunk announces 32000 bytes and 19956 are present",
            Arrays.copyOf(good.bytes(), 20_000)),
        Map.entry("truncated inside its header", Arrays.copyOf(good.bytes(), 10)),
        Map.entry("seems to be text; expected WAV or FLAC", text),
        Map.entry("seems to be MP3 audio; expected WAV or FLAC", mp3),
        Map.entry(
            "announces 4294967280 bytes and 32000 are present",
            good.withAnnounced(0xffff_fff0L).bytes()),
        Map.entry("a sample rate of 0 Hz; expected 1000 to", good.withRate(0).bytes()),
        Map.entry(
            "a sample rate of 4000000000 Hz; expected 1000 to 768000",
            good.withRate(4_000_000_000L).bytes()),
        Map.entry("tag 0x0002 (Microsoft ADPCM); expected PCM", good.withTag(2).bytes()),
        Map.entry("tag 0x0055 (MPEG); expected PCM", good.withTag(85).bytes()),
        Map.entry("is 0.010 s long, expected at least 0.1 s", Wav.of(Wav.tone(0.01)).bytes()),
        Map.entry("sample 0 is NaN; expected finite numbers", Wav.notANumber().bytes()));
  }

  @ParameterizedTest
  @MethodSource("badFiles")
  void aBadFileIsNamedWithWhatWasFoundAndExpected(
      Map.Entry<String, byte[]> bad, @TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("clip.wav"), bad.getValue());

    Cli cli = Cli.run("predict", file).failsSaying(file + ": ", bad.getKey());

    assertThat(cli.out()).isEmpty();
  }

  @Test
  void aPathWithoutAudioIsNamed(@TempDir Path folder) {
    Path missing = folder.resolve("missing.wav");

    Cli.run("predict", missing).failsSaying(missing, "no such file");
    Cli.run("predict", folder).failsSaying(folder, "no .wav or .flac file in this folder");
  }

  @Test
  void aClipOfTenMinutesIsAnswered(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("long.wav"), Wav.of(Wav.tone(600)).bytes());

    assertThat(Cli.run("predict", file).succeeds().out()).contains(" 600.00 ");
  }

  @Test
  void verboseAddsWhereAnErrorComesFrom(@TempDir Path folder) {
    Cli cli = Cli.run("predict", "--verbose", "--model", folder, Bundle.clips().get(0));

    assertThat(cli.err()).startsWith("ser: " + folder).contains("ModelException", "\tat ser.");
    assertThat(cli.code()).isEqualTo(1);
  }
}
