package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.cli.Cli;
import ser.cli.MadeUpIemocap;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.TrainingRecord;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The IEMOCAP experiment of docs/research.md from the corpus to the evaluation of a model, on a
 * made-up release of synthesised speech, with a small encoder and few epochs.
 */
class IemocapCommandTests {
  private static final int FOLDS = 5;

  /** A small encoder without augmentation, for clips that are alike. */
  private static final String RECIPE =
      """
      {"encoder": {"attention": {"variant": "fa+ca", "width": 32, "calibrationHidden": 8}, "channels": [8, 16, 16, 24],
        "feedForward": 48, "poolingHidden": 16, "classifierDropout": 0.1},
       "training": {"epochs": 4, "batchSize": 8, "learningRate": 5e-3, "averageDecay": 0.9, "mixup": 0,
        "speeds": [1.0], "melWarp": 0, "timeMaskFrames": 0, "frequencyMaskBands": 0}}
      """;

  private static Path corpus = Path.of("");
  private static Path recipe = Path.of("");
  private static Path out = Path.of("");
  private static Cli begun = new Cli(0, "", "");
  private static FileTime written = FileTime.fromMillis(0);
  private static Cli trained = new Cli(0, "", "");

  @BeforeAll
  static void train(@TempDir Path folder) throws IOException {
    corpus = MadeUpIemocap.write(folder.resolve("corpus"));
    recipe = Files.writeString(folder.resolve("recipe.json"), RECIPE);
    out = folder.resolve("run");
    begun = train("--folds", "2");
    assertThat(begun.code()).as(begun.err()).isZero();
    written = Files.getLastModifiedTime(model(2).resolve(ModelPackage.WEIGHTS));
    trained = train("--resume");
    assertThat(trained.code()).as(trained.err()).isZero();
  }

  private static Cli train(Object... arguments) {
    List<Object> all =
        new ArrayList<>(
            List.of("train", "--corpus", "iemocap:" + corpus, "--protocol", "iemocap-5session"));
    all.addAll(List.of("--recipe", recipe, "--jobs", 2, "--threads", 1, "--out", out));
    all.addAll(List.of(arguments));
    return Cli.run(all.toArray());
  }

  private static Path model(int fold) {
    return out.resolve("fold-%d/model".formatted(fold));
  }

  private static JsonNode json(Path file) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(file));
  }

  @Test
  void theCountsArePrintedAndComparedWithThePublishedOnes() {
    assertThat(trained.err())
        .contains(
            "iemocap: 160 utterances, 10 speakers; angry 40, happy 40, sad 40, neutral 40",
            "note: left out turns of other classes: fru 20, xxx 20",
            "note: not the full release: 160 utterances where it has 5531"
                + " (angry 40 of 1103, happy 40 of 1636, sad 40 of 1084, neutral 40 of 1708)",
            "note: sessions with other counts than the release: Ses01 32 of 1085, Ses02 32 of 1023,"
                + " Ses03 32 of 1151, Ses04 32 of 1031, Ses05 32 of 1241");
    assertThat(trained.out()).contains("not the full release: 160 utterances where it has 5531");
  }

  @Test
  void eachFoldTestsASessionWhoseSpeakersAreNotInTraining() throws IOException {
    for (int fold = 1; fold <= FOLDS; fold++) {
      TrainingRecord training = ModelPackage.read(model(fold)).description().training();
      String session = "Ses0" + fold;
      assertThat(training.testSpeakers().get("iemocap"))
          .containsExactlyInAnyOrder(session + "F", session + "M");
      assertThat(training.trainSpeakers().get("iemocap"))
          .hasSize(8)
          .doesNotContainAnyElementsOf(training.testSpeakers().get("iemocap"));
      assertThat(training.recordings().orElseThrow().size())
          .isEqualTo(8 * MadeUpIemocap.TURNS_PER_SPEAKER);
    }
  }

  @Test
  void emotionsOfUnseenSpeakersAreRecognizedFarAboveChance() throws IOException {
    JsonNode folds = json(out.resolve("report.json")).get("folds");
    double sum = 0;
    for (int fold = 1; fold <= FOLDS; fold++) {
      sum += folds.get(String.valueOf(fold)).get("UA").asDouble();
    }
    double chance = 1.0 / 4;
    assertThat(sum / FOLDS).as(trained.out()).isGreaterThan(2 * chance);
    assertThat(trained.out())
        .contains(
            "iemocap, iemocap-5session, fa+ca, seed 1, 4 epochs",
            String.format(Locale.ROOT, "UA over folds: %.3f", sum / FOLDS));
    assertThat(out.resolve("report.txt")).hasContent(trained.out());
    assertThat(trained.out()).doesNotContain("likely copies", "likely copy");
  }

  @Test
  void aRunOfOneFoldIsResumedWithTheOthers() throws IOException {
    assertThat(begun.err()).contains("fold 2: epoch 4 of 4").doesNotContain("fold 1:", "fold 3:");
    assertThat(trained.err()).contains("fold 1: epoch 4 of 4").doesNotContain("fold 2: epoch");
    assertThat(Files.getLastModifiedTime(model(2).resolve(ModelPackage.WEIGHTS)))
        .isEqualTo(written);
    Cli again = train("--resume");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.out()).isEqualTo(trained.out());
    assertThat(again.err()).doesNotContain("epoch");
  }

  @Test
  void theEvaluationOfAModelGivesTheFiguresOfItsFold() throws IOException {
    JsonNode reported = json(out.resolve("report.json")).get("folds").get("3");
    for (List<String> selection :
        List.of(List.of("--protocol", "iemocap-5session"), List.of("--seen", "exclude"))) {
      List<Object> arguments =
          new ArrayList<>(
              List.of("evaluate", "--model", model(3), "--corpus", "iemocap:" + corpus));
      arguments.addAll(selection);
      arguments.add("--json");
      Cli evaluated = Cli.run(arguments.toArray());
      assertThat(evaluated.code()).as(evaluated.err()).isZero();
      JsonNode found = JsonMapper.shared().readTree(evaluated.out());
      assertThat(found.get("clips").asInt()).isEqualTo(2 * MadeUpIemocap.TURNS_PER_SPEAKER);
      for (String metric : Set.of("UA", "WA", "macro-F1", "ECE", "Brier")) {
        assertThat(found.get(metric)).as(metric).isNotNull().isEqualTo(reported.get(metric));
      }
    }
  }

  @Test
  void aSessionThatIsMissingIsNamed(@TempDir Path folder) throws IOException {
    Path partial = folder.resolve("partial");
    Files.createDirectories(partial);
    for (int session : new TreeSet<>(Set.of(1, 2, 4, 5))) {
      String name = "Session" + session;
      Files.createSymbolicLink(
          partial.resolve(name), corpus.resolve("IEMOCAP_full_release").resolve(name));
    }
    Cli.run(
            "train",
            "--corpus",
            "iemocap:" + partial,
            "--protocol",
            "iemocap-5session",
            "--out",
            folder.resolve("run"))
        .failsAtLastSaying(
            "iemocap-5session does not fit corpus iemocap: it lacks the sessions Ses03; expected the"
                + " sessions Ses01, Ses02, Ses03, Ses04, Ses05");
  }
}
