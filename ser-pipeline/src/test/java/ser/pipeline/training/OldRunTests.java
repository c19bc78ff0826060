package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.SerException;
import ser.attention.CalibrationGate;
import ser.attention.EncoderSettings;
import ser.attention.Variant;
import ser.graph.tensor.Tensor;
import ser.graph.training.TrainingState;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.protocol.Development;
import ser.pipeline.protocol.Fold;
import ser.pipeline.protocol.Protocols;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Run files of every version: they are read, and those of a newer version are refused. */
class OldRunTests {
  private static final long SEED = 5;
  private static final ExperimentSettings SETTINGS =
      ExperimentSettings.defaults()
          .withVariant(Variant.FA_CA)
          .withTraining(TrainingRecipe.defaults().withEpochs(3));

  private final Corpus corpus = ToneCorpus.open(RunFiles.path("corpus"));
  private final Path run;

  OldRunTests(@TempDir Path folder) {
    this.run = folder.resolve("run");
  }

  private void copy(String version) throws IOException {
    Path source = RunFiles.path("run-" + version);
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, run.resolve(source.relativize(file).toString()));
      }
    }
  }

  private ExperimentReport resume(ExperimentSettings settings) {
    Experiment.Setup setup = Runs.setup(settings.training(), SEED, 1).withSettings(settings);
    return Runs.run(corpus, setup, run, true, Runs.NEVER).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2"})
  void aRunThatIsDoneIsReportedAsItWas(String version) throws IOException {
    copy(version);
    ExperimentReport report = resume(SETTINGS);
    assertThat(report.folds()).hasSize(3);
    // Every manifest was named csv then, and the table of folds had fewer measures.
    String text = Files.readString(RunFiles.path("run-" + version).resolve("report.txt"));
    assertThat(run.resolve("report.txt"))
        .content()
        .startsWith(text.lines().findFirst().orElseThrow().replaceFirst("^csv", "corpus") + "\n")
        .contains(text.lines().filter(line -> line.contains("over folds:")).toList())
        .endsWith(text.substring(text.indexOf("\n\n")));
    JsonNode before = JsonFile.readObject(RunFiles.path("run-" + version).resolve("report.json"));
    JsonNode after = JsonFile.readObject(run.resolve("report.json"));
    requireAll(before.get("folds"), after.get("folds"));
    assertThat(after.get("UA")).isEqualTo(before.get("UA"));
    assertThat(after.get("WA")).isEqualTo(before.get("WA"));
    assertThat(after.get("title").stringValue())
        .isEqualTo(before.get("title").stringValue().replaceFirst("^csv", "corpus"));
    assertThat(after.get("format").stringValue()).isEqualTo("speech-emotion-report");
    assertThat(after.get("version").intValue()).isEqualTo(3);
  }

  /** Every metric of every fold is as it was; there may be others. */
  private static void requireAll(JsonNode before, JsonNode after) {
    assertThat(after.propertyNames()).containsExactlyElementsOf(before.propertyNames());
    before.forEachEntry(
        (fold, metrics) ->
            metrics.forEachEntry(
                (name, value) ->
                    assertThat(after.get(fold).get(name)).as(fold + " " + name).isEqualTo(value)));
  }

  @Test
  void aRunOfThisVersionIsReportedToTheByte() throws IOException {
    copy("v3");
    resume(SETTINGS);
    for (String name : List.of("report.txt", "report.json", "run.json")) {
      assertThat(run.resolve(name)).hasSameTextualContentAs(RunFiles.path("run-v3").resolve(name));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2", "v3"})
  void aRunIsNotResumedWithOtherSettings(String version) throws IOException {
    copy(version);
    EncoderSettings encoder = (EncoderSettings) SETTINGS.encoder();
    Map<ExperimentSettings, String> others =
        Map.of(
            SETTINGS.withVariant(Variant.FA),
            "variant fa+ca, found fa",
            SETTINGS.withTraining(SETTINGS.training().withMixup(0.3)),
            "mixup 0.2, found 0.3",
            SETTINGS.withTrim(8),
            "trim 9.0, found 8.0",
            SETTINGS.withEncoder(
                encoder.withAttention(
                    encoder.attention().withCalibration(CalibrationGate.UTTERANCE, 9, 16))),
            "calibration windowed, found utterance",
            SETTINGS.withEncoder(encoder.withBlocks(2)),
            "blocks 1, found 2");
    others.forEach(
        (settings, difference) ->
            assertThatThrownBy(() -> resume(settings))
                .isInstanceOf(SerException.class)
                .hasMessageStartingWith(run + ": holds a run with " + difference));
  }

  @ParameterizedTest
  @CsvSource({
    "run.json, speech-emotion-run, 3",
    "fold-2/predictions.json, speech-emotion-predictions, 2"
  })
  void aFileOfANewerVersionIsRefused(String name, String format, int newest) throws IOException {
    copy("v2");
    Path file = run.resolve(name);
    ObjectNode json = JsonFile.readObject(file);
    Files.write(file, JsonFile.bytes(json.put("version", newest + 1)));
    assertThatThrownBy(() -> resume(SETTINGS))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "%s: is version %d of the format '%s'; this toolkit reads version 1 to %d"
                .formatted(file, newest + 1, format, newest));
  }

  @Test
  void aRunWithoutReadableSettingsIsRefused() throws IOException {
    copy("v1");
    Files.writeString(run.resolve("run.json"), "{\"corpus\":");
    assertThatThrownBy(() -> resume(SETTINGS))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(run.resolve("run.json") + ": is not JSON")
        .hasMessageContaining("choose another folder")
        .hasMessageNotContaining("\n");
    Files.writeString(run.resolve("run.json"), "{}");
    assertThatThrownBy(() -> resume(SETTINGS))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith(run + ": holds a run with corpus null, found corpus");
  }

  private static String fingerprint(String data, TrainingRecipe recipe) {
    return Fingerprint.of(data, SETTINGS.encoderFor(2), SETTINGS.withTraining(recipe), SEED);
  }

  /** The fingerprint in the checkpoint of the first fold that version 1 trained. */
  @Test
  void theFingerprintOfASettingStaysAsItWas() {
    Fold fold = Protocols.named("loso").folds(corpus, SEED, Development.NONE).get(0);
    String data = DataHash.ofEncoded(fold.train());
    assertThat(Fingerprint.of(data, SETTINGS.encoderFor(2), SETTINGS, SEED))
        .isEqualTo("69ac585f2482312c028d260381fb2d66efe2f967bf72ca4606c95dd3bc42c925");
    assertThat(
            List.of(
                Fingerprint.of(data, SETTINGS.encoderFor(2), SETTINGS.withTrim(8), SEED),
                fingerprint(data, SETTINGS.training().withMinCrop(0.5)),
                fingerprint(data, SETTINGS.training().withNearLabelSmoothing(0.1)),
                fingerprint(
                    data,
                    SETTINGS
                        .training()
                        .withNearLabelSmoothing(0.1)
                        .withNearLabels(List.of(List.of("sad", "calm")))),
                Fingerprint.of(data, SETTINGS.encoderFor(3), SETTINGS, SEED),
                Fingerprint.of(data, SETTINGS.encoderFor(2), SETTINGS, SEED + 1),
                Fingerprint.of("", SETTINGS.encoderFor(2), SETTINGS, SEED)))
        .doesNotHaveDuplicates()
        .doesNotContain("69ac585f2482312c028d260381fb2d66efe2f967bf72ca4606c95dd3bc42c925");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aCheckpointOfEveryVersionIsRead(int version) {
    Checkpoint checkpoint =
        new Checkpoint(
            RunFiles.path("checkpoint-v%d.safetensors".formatted(version)),
            "a later run",
            () -> "this run",
            "two");
    TrainingState state =
        new TrainingState(
            41,
            Map.of("w", Tensor.of(new float[] {1, 2}, 2), "mean", Tensor.of(new float[] {3}, 1)),
            Map.of("w", Tensor.of(new float[] {4, 5}, 2), "mean", Tensor.of(new float[] {6}, 1)),
            Map.of("w", Tensor.of(new float[] {7, -0f}, 2)),
            Map.of("w", Tensor.of(new float[] {Float.MIN_VALUE, 9}, 2)));
    assertThat(checkpoint.read(state)).contains(state);
    assertThat(checkpoint.backends()).containsExactly("one", "two");
  }
}
