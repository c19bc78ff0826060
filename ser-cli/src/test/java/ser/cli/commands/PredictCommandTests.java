package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.api.EmotionRecognizer;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.cli.BundledFiles;
import ser.cli.Cli;
import ser.cli.Wav;
import ser.cli.output.ResultRow;
import ser.cli.parquet.ParquetFiles;
import ser.features.audio.AudioClip;
import ser.pipeline.io.WavWriter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;

public class PredictCommandTests {
  public static final List<String> COLUMNS =
      List.of(
          "file",
          "emotion",
          "p_neutral",
          "p_calm",
          "p_happy",
          "p_sad",
          "p_angry",
          "p_fearful",
          "p_disgust",
          "p_surprised",
          "seconds",
          "error",
          "notes",
          "doubts");

  private static Path tone(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(folder);
    return Files.write(file, Wav.of(Wav.tone(0.5)).bytes());
  }

  @Test
  void theTableNamesFileEmotionAndTheNextLikely() {
    List<Path> clips = BundledFiles.clips();

    Cli cli = Cli.run("predict", clips.get(0), clips.get(1)).succeeds();

    assertThat(cli.outLines()).hasSize(3);
    assertThat(cli.outLines().get(0)).matches("file +emotion +prob\\. +seconds +next");
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(BundledFiles.model())) {
      Recognition expected = recognizer.recognize(clips.get(0));
      assertThat(cli.outLines().get(1)).startsWith(clips.get(0) + "  " + expected.label());
    }
  }

  @Test
  void eachJsonLineHasTheSameFourFields() {
    Cli cli = Cli.run("predict", "--json", BundledFiles.model().resolveSibling("clips")).succeeds();

    assertThat(cli.outLines()).hasSize(8);
    for (int i = 0; i < 8; i++) {
      JsonNode answer = JsonMapper.shared().readTree(cli.outLines().get(i));
      List<String> fields = new ArrayList<>(answer.propertyNames());
      fields.remove("doubts"); // of an answer that is unsure
      assertThat(fields).containsExactly("file", "emotion", "probabilities", "seconds");
      assertThat(answer.get("file").asString()).isEqualTo(BundledFiles.clips().get(i).toString());
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
    byte[] amr = "#!AMR\n".getBytes(StandardCharsets.UTF_8);
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
        Map.entry("a damaged or unsupported MP3 file, it is truncated", mp3),
        Map.entry("seems to be AMR audio; expected WAV or FLAC", amr),
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
  void aRepairedHeaderIsANote(@TempDir Path folder) throws IOException {
    byte[] unfilled = Wav.of(Wav.tone(1)).withAnnounced(0xffff_fff0L).bytes();
    Path file = Files.write(folder.resolve("clip.wav"), unfilled);
    Path out = folder.resolve("results.csv");

    Cli cli = Cli.run("predict", "--out", out, file);

    assertThat(cli.code()).isZero();
    assertThat(cli.err()).isEqualToIgnoringNewLines(out + ": 1 file, 0 failed, 1 with notes");
    assertThat(Files.readString(out)).contains("4294967280");
    assertThat(Cli.run("predict", file).err()).startsWith("note: " + file).contains("4294967280");
  }

  @Test
  void aPathWithoutAudioIsNamed(@TempDir Path folder) {
    Path missing = folder.resolve("missing.wav");

    Cli.run("predict", missing).failsSaying(missing, "no such file");
    Cli.run("predict", folder).failsSaying(folder, "no audio file in this folder");
  }

  @Test
  void aReferenceAdjustsTheModelToTheSpeaker(@TempDir Path folder) throws IOException {
    Path neutral = BundledFiles.clips().get(0);
    Path angry = BundledFiles.clips().get(4);
    String plain = Cli.run("predict", "--json", angry).succeeds().out();
    String adjusted = Cli.run("predict", "--json", "--reference", neutral, angry).succeeds().out();
    assertThat(adjusted).isNotEqualTo(plain);
    try (EmotionRecognizer recognizer =
        EmotionRecognizer.load(RecognizerOptions.defaults().withReference(List.of(neutral)))) {
      Recognition expected = recognizer.recognize(angry);
      JsonNode probabilities = JsonMapper.shared().readTree(adjusted).get("probabilities");
      for (String label : recognizer.labels()) {
        assertThat(probabilities.get(label).asDouble())
            .isCloseTo(expected.probability(label), within(1e-5));
      }
    }
    Path silent = folder.resolve("silent.wav");
    WavWriter.write(silent, AudioClip.of(new float[16_000], 16_000));
    Cli.run("predict", "--reference", silent, angry).failsSaying(silent, "holds only silence");
    Path copy = Files.copy(neutral, folder.resolve("reference.wav"));
    Cli.run("predict", "--format", "csv", "--reference", copy, "--out", copy, angry)
        .failsSaying(copy);
    assertThat(copy).hasSameBinaryContentAs(neutral);
    String windows = Cli.run("timeline", "--json", angry).succeeds().out();
    assertThat(Cli.run("timeline", "--json", "--reference", neutral, angry).succeeds().out())
        .isNotEqualTo(windows);
    Cli.run("evaluate", "--corpus", "csv:none.csv", "--reference-clips", "-1")
        .refusesSaying("--reference-clips: found -1 reference clips; expected 0 or more");
  }

  @Test
  void anInputIsNeverOverwritten(@TempDir Path folder) throws IOException {
    Path clip = Files.copy(BundledFiles.clips().get(0), folder.resolve("a.wav"));
    byte[] before = Files.readAllBytes(clip);
    Cli.run("predict", "--format", "csv", "--out", clip, folder)
        .failsSaying("a.wav: would be overwritten");
    Cli.run("features", "--kind", "rms", "--out", clip, clip)
        .failsSaying("a.wav: would be overwritten");
    assertThat(Files.readAllBytes(clip)).isEqualTo(before);
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no such names")
  void controlCharactersInNamesAreShownEscaped(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("\u001b[31m.wav");
    Cli.run("predict", missing).failsSaying("[31m.wav", "no such file");

    Path clip = Files.copy(BundledFiles.clips().get(0), folder.resolve("a\u001bb.wav"));
    assertThat(Cli.run("predict", clip).succeeds().out())
        .contains("a\\u001bb.wav")
        .doesNotContain("\u001b");
  }

  @Test
  void aClipOfTenMinutesIsAnswered(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("long.wav"), Wav.of(Wav.tone(600)).bytes());

    assertThat(Cli.run("predict", file).succeeds().out()).contains(" 600.00 ");
  }

  @Test
  void verboseAddsWhereAnErrorComesFrom(@TempDir Path folder) {
    Cli cli = Cli.run("predict", "--verbose", "--model", folder, BundledFiles.clips().get(0));

    assertThat(cli.err()).startsWith("ser: " + folder).contains("ModelException", "\tat ser.");
    assertThat(cli.code()).isEqualTo(1);
  }

  /** A folder with a clip, a broken file of an awkward name, and another clip. */
  private static Path mixed(Path folder) throws IOException {
    Path clips = folder.resolve("clips, \"mixed\"");
    tone(clips, "a.wav");
    Files.createFile(Files.createDirectories(clips).resolve("b, \"broken\".wav"));
    tone(clips, "c ü.wav");
    return clips;
  }

  private static List<List<@Nullable Object>> expected(Path clips) {
    try (EmotionRecognizer recognizer = EmotionRecognizer.load(BundledFiles.model())) {
      return recognizer
          .recognizeAll(
              List.of(
                  clips.resolve("a.wav"),
                  clips.resolve("b, \"broken\".wav"),
                  clips.resolve("c ü.wav")))
          .stream()
          .map(new ResultRow(recognizer.labels(), false, 0)::of)
          .toList();
    }
  }

  /** Words and gaps to the letter, numbers to six digits. */
  private static void requireSame(
      List<? extends List<? extends @Nullable Object>> rows,
      List<? extends List<? extends @Nullable Object>> expected) {
    assertThat(rows).hasSameSizeAs(expected);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i)).hasSameSizeAs(expected.get(i));
      for (int j = 0; j < rows.get(i).size(); j++) {
        if (expected.get(i).get(j) instanceof Double number) {
          assertThat(Double.parseDouble(String.valueOf(rows.get(i).get(j))))
              .isCloseTo(number, within(1e-6));
        } else {
          assertThat(rows.get(i).get(j)).isEqualTo(expected.get(i).get(j));
        }
      }
    }
  }

  private static List<List<@Nullable Object>> parseCsv(String csv) {
    try (MappingIterator<String[]> rows =
        CsvMapper.builder()
            .enable(CsvReadFeature.WRAP_AS_ARRAY)
            .build()
            .readerFor(String[].class)
            .readValues(csv)) {
      List<List<@Nullable Object>> parsed = new ArrayList<>();
      rows.forEachRemaining(
          row -> {
            List<@Nullable Object> values = new ArrayList<>();
            for (String value : row) {
              values.add(value.isEmpty() ? null : value);
            }
            parsed.add(values);
          });
      return parsed;
    }
  }

  private static void requireCsv(String csv, Path clips) {
    List<List<@Nullable Object>> rows = parseCsv(csv);
    assertThat(rows.get(0)).isEqualTo(COLUMNS);
    requireSame(rows.subList(1, rows.size()), expected(clips));
  }

  @Test
  void csvHasARowForEachFileAlsoForThoseThatFail(@TempDir Path folder) throws IOException {
    Path clips = mixed(folder);
    Path out = folder.resolve("results.CSV");

    Cli cli = Cli.run("predict", "--out", out, clips);

    assertThat(cli.out()).isEmpty();
    assertThat(cli.err().lines()).hasSize(2).last().isEqualTo(out + ": 3 files, 1 failed");
    assertThat(cli.code()).isEqualTo(1);
    requireCsv(Files.readString(out), clips);
    assertThat(folder.resolve("results.CSV.part")).doesNotExist();
    requireCsv(Cli.run("predict", "--format", "csv", clips).out(), clips);
  }

  @Test
  void parquetHasTheSameRows(@TempDir Path folder) throws IOException {
    Path clips = mixed(folder);
    Path out = folder.resolve("results.parquet");

    Cli cli = Cli.run("predict", "--out", out, clips);

    assertThat(cli.code()).isEqualTo(1);
    requireSame(ParquetFiles.read(out, COLUMNS), expected(clips));
  }

  @Test
  void jsonLinesInAFileAreThoseOfStandardOutput(@TempDir Path folder) throws IOException {
    Path clips = mixed(folder);
    Path out = folder.resolve("results.jsonl");
    String lines = Cli.run("predict", "--json", clips).out();

    for (String format : List.of("", "--json", "--format=jsonl")) {
      List<Object> arguments = new ArrayList<>(List.of("predict", "--out", out, clips));
      if (!format.isEmpty()) {
        arguments.add(format);
      }
      assertThat(Cli.run(arguments.toArray()).code()).isEqualTo(1);
      assertThat(out).hasContent(lines);
      Files.delete(out);
    }
    assertThat(Cli.run("predict", "--format", "JSONL", clips).out()).isEqualTo(lines);
  }

  @Test
  void theFormatThatIsAskedForCountsMoreThanTheEnding(@TempDir Path folder) throws IOException {
    Path out = folder.resolve("results.txt");

    Cli cli = Cli.run("predict", "--format", "csv", "--out", out, tone(folder, "a.wav"));

    assertThat(cli.code()).isZero();
    assertThat(cli.err()).isEqualToIgnoringNewLines(out + ": 1 file, 0 failed");
    assertThat(out).content().startsWith("file,emotion,p_neutral");
  }

  @Test
  void embeddingsAreTheLastColumnsAndTheSameInEachFormat(@TempDir Path folder) throws IOException {
    Path clips = mixed(folder);
    List<String> elements = IntStream.range(0, 256).mapToObj(element -> "e_" + element).toList();
    List<String> columns = Stream.concat(COLUMNS.stream(), elements.stream()).toList();
    Path out = folder.resolve("results.parquet");

    assertThat(Cli.run("predict", "--embedding", "--out", out, clips).code()).isEqualTo(1);
    List<List<@Nullable Object>> csv =
        parseCsv(Cli.run("predict", "--embedding", "--format", "csv", clips).out());
    List<String> json = Cli.run("predict", "--embedding", "--json", clips).out().lines().toList();

    assertThat(csv.get(0)).isEqualTo(columns);
    List<? extends List<? extends @Nullable Object>> parquet = ParquetFiles.read(out, columns);
    assertThat(parquet.get(1).subList(COLUMNS.size(), columns.size())).containsOnlyNulls();
    assertThat(csv.get(2).subList(COLUMNS.size(), columns.size())).containsOnlyNulls();
    for (int file : new int[] {0, 2}) {
      List<Float> embedding = new ArrayList<>();
      for (JsonNode element : JsonMapper.shared().readTree(json.get(file)).get("embedding")) {
        embedding.add(element.floatValue());
      }
      assertThat(embedding).hasSize(256);
      assertThat(parquet.get(file).subList(COLUMNS.size(), columns.size())).isEqualTo(embedding);
      assertThat(
              csv.get(file + 1).subList(COLUMNS.size(), columns.size()).stream()
                  .map(value -> Float.valueOf(String.valueOf(value)))
                  .toList())
          .isEqualTo(embedding);
    }
    assertThat(Cli.run("predict", "--json", clips).out()).doesNotContain("embedding");
    Cli.run("predict", "--embedding", clips)
        .refusesSaying("--embedding: is not shown in the table; give --json, --format or --out");
  }

  @Test
  void aPathWithoutAudioIsARowToo(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("missing");
    Path out = folder.resolve("results.csv");

    Cli cli = Cli.run("predict", "--out", out, missing);

    assertThat(cli.code()).isEqualTo(1);
    assertThat(Files.readAllLines(out))
        .hasSize(2)
        .last()
        .isEqualTo(missing + ",,,,,,,,,,," + missing + ": no such file,,");
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamedBeforeAnyWork(@TempDir Path folder) {
    Path model = folder.resolve("no model");
    Path lost = folder.resolve("none/results.csv");
    Object clip = BundledFiles.clips().get(0);

    Cli.run("predict", "--model", model, "--out", lost, clip)
        .failsSaying(lost + ": cannot write, the folder " + lost.getParent() + " does not exist");
    Cli.run("predict", "--model", model, "--format", "csv", "--out", folder, clip)
        .failsSaying(folder + ": cannot write a file here, it is a directory");
  }

  @Test
  void aFormatThatIsNotKnownIsNamedBeforeAnyWork(@TempDir Path folder) {
    Path model = folder.resolve("no model");
    Path text = folder.resolve("results.txt");
    Object clip = BundledFiles.clips().get(0);

    Cli.run("predict", "--model", model, "--out", text, clip)
        .refusesSaying(
            text + ": this ending names no format; give --format", ".csv, .jsonl, .json, .parquet");
    Cli.run("predict", "--model", model, "--format", "parquet", clip)
        .refusesSaying("--format parquet", "give --out");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aRunThatFailsBeforeAnAnswerLeavesTheOlderFileAlone(@TempDir Path folder) throws IOException {
    Path out = Files.writeString(folder.resolve("results.csv"), "older");
    Path model = folder.resolve("no model");

    Cli.run("predict", "--model", model, "--out", out, BundledFiles.clips().get(0))
        .failsSaying(model);

    assertThat(out).hasContent("older");
    assertThat(folder.resolve("results.csv.part")).doesNotExist();
  }
}
