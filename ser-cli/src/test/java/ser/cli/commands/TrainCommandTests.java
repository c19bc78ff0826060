package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.cli.Cli;
import ser.cli.ToneCorpus;
import ser.cli.Wav;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Training and evaluation, on three speakers in tones. */
class TrainCommandTests {
  private static Path corpus;
  private static Path out;
  private static Cli trained;

  @BeforeAll
  static void train(@TempDir Path folder) {
    corpus = ToneCorpus.write(folder);
    out = folder.resolve("run");
    trained = train("--out", out);
  }

  /** One epoch of every fold, unless the arguments say otherwise. */
  private static Cli train(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("train"));
    for (List<Object> pair :
        List.<List<Object>>of(
            List.of("--corpus", "csv:" + corpus),
            List.of("--protocol", "loso"),
            List.of("--epochs", 1))) {
      if (!Arrays.asList(arguments).contains(pair.get(0))) {
        all.addAll(pair);
      }
    }
    all.addAll(List.of(arguments));
    return Cli.run(all.toArray());
  }

  @Test
  void writesAModelForEachSpeakerHeldOutAndTheReport() throws IOException {
    assertThat(trained.code()).as(trained.err()).isZero();
    for (int fold = 1; fold <= 3; fold++) {
      assertThat(out.resolve("fold-" + fold + "/model"))
          .isDirectoryContaining("glob:**/model.json")
          .isDirectoryContaining("glob:**/weights.safetensors")
          .isDirectoryContaining("glob:**/README.md");
    }
    assertThat(trained.out()).contains("tones, loso, mhsa, seed 1, 1 epochs", "UA over folds");
    assertThat(out.resolve("report.txt")).hasContent(trained.out());
    assertThat(Files.readString(out.resolve("training.html")))
        .contains("The run is complete.", "3 of 3", "<th scope=\"col\">fold 3</th>")
        .doesNotContain("http-equiv=\"refresh\"");
  }

  @Test
  void reportsTheCorpusAndTheProgress() {
    assertThat(trained.err())
        .contains("tones: 12 utterances, 3 speakers; high 6, low 6")
        .containsPattern("fold 1: epoch 1 of 1, loss \\d")
        .containsPattern("fold 3: UA 0\\.\\d{3}, WA 0\\.\\d{3} on 4 clips")
        .doesNotContain("WARNING");
  }

  @Test
  void aFolderThatHoldsARunIsRefusedBeforeTheCorpusIsRead() {
    train("--out", out).failsSaying(out, "already holds a run; add --resume");
  }

  @Test
  void aRunThatIsDoneIsResumedAtOnce() throws IOException {
    FileTime before = Files.getLastModifiedTime(out.resolve("fold-1/model/model.json"));
    String page = Files.readString(out.resolve("training.html"));

    Cli resumed = train("--out", out, "--resume");

    assertThat(resumed.code()).isZero();
    assertThat(resumed.out()).isEqualTo(trained.out());
    assertThat(resumed.err()).doesNotContain("epoch");
    assertThat(out.resolve("training.html")).hasContent(page);
    assertThat(Files.getLastModifiedTime(out.resolve("fold-1/model/model.json"))).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "--variant, fa, 'variant mhsa, found fa'",
    "--seed, 2, 'seed 1, found 2'",
    "--epochs, 3, 'epochs 1, found 3'",
    "--protocol, random, 'protocol loso, found random'"
  })
  void aRunIsNotResumedWithOtherSettings(String option, String value, String said) {
    train("--out", out, "--resume", option, value)
        .failsAtLastSaying(out, said, "resume with the same settings, or choose another folder");
    assertThat(out.resolve("report.txt")).hasContent(trained.out());
  }

  @Test
  void aRunIsNotResumedWithOtherClips(@TempDir Path folder) throws IOException {
    Path fewer = ToneCorpus.write(folder);
    List<String> lines = Files.readAllLines(fewer);
    Files.write(fewer, lines.subList(0, lines.size() - 1));

    train("--corpus", "csv:" + fewer, "--out", out, "--resume")
        .failsAtLastSaying(out, "holds a run with data");
  }

  @Test
  void evaluationOfAFoldsModelFindsWhatTrainingReported() throws IOException {
    Path model = out.resolve("fold-2/model");
    JsonNode reported =
        JsonMapper.shared()
            .readTree(Files.readString(out.resolve("report.json")))
            .get("folds")
            .get("2");

    Cli evaluated =
        Cli.run(
            "evaluate",
            "--model",
            model,
            "--corpus",
            "csv:" + corpus,
            "--protocol",
            "loso",
            "--json");

    assertThat(evaluated.code()).as(evaluated.err()).isZero();
    JsonNode found = JsonMapper.shared().readTree(evaluated.out());
    assertThat(found.get("UA")).isEqualTo(reported.get("UA"));
    assertThat(found.get("WA")).isEqualTo(reported.get("WA"));
    assertThat(found.get("fold").asInt()).isEqualTo(2);
    assertThat(found.get("clips").asInt()).isEqualTo(4);
  }

  @Test
  void evaluationUnderAnotherProtocolIsRefused() {
    Cli.run(
            "evaluate",
            "--model",
            out.resolve("fold-1/model"),
            "--corpus",
            "csv:" + corpus,
            "--protocol",
            "random")
        .failsAtLastSaying("trained for protocol loso, not random");
  }

  private Cli evaluate(Object... arguments) {
    List<Object> all =
        new ArrayList<>(
            List.of(
                "evaluate", "--model", out.resolve("fold-2/model"), "--corpus", "csv:" + corpus));
    all.addAll(List.of(arguments));
    return Cli.run(all.toArray());
  }

  @Test
  void clipsThatTheModelWasTrainedOnAreRefusedUnlessTheyAreKeptApart() {
    evaluate()
        .failsAtLastSaying(
            "the model was trained on clips of corpus tones: of 12 clips, 8 recordings in training"
                + " (2 of 3 speakers)",
            "--seen exclude to test the other 4 alone",
            "--seen report");

    Cli excluded = evaluate("--seen", "exclude", "--json");
    assertThat(excluded.code()).as(excluded.err()).isZero();
    JsonNode unseen = JsonMapper.shared().readTree(excluded.out());
    JsonNode byProtocol =
        JsonMapper.shared().readTree(evaluate("--protocol", "loso", "--json").out());
    for (String key : List.of("UA", "WA", "macro-F1", "ECE", "Brier", "clips")) {
      assertThat(unseen.get(key)).as(key).isNotNull().isEqualTo(byProtocol.get(key));
    }

    Cli reported = evaluate("--seen", "report", "--json");
    JsonNode both = JsonMapper.shared().readTree(reported.out());
    assertThat(both.get("UA")).isEqualTo(unseen.get("UA"));
    assertThat(both.at("/seen/clips").asInt()).isEqualTo(8);
  }

  @Test
  void aModelIsTestedUnderConditions() {
    Cli tested = evaluate("--seen", "exclude", "--conditions", "noise:20,telephone");
    assertThat(tested.code()).as(tested.err()).isZero();
    assertThat(tested.out()).containsPattern("\nclean  .*\nnoise:20  .*\ntelephone  ");
    Cli wrong = evaluate("--conditions", "fog");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("--conditions: 'fog' is no test condition; expected one of");
  }

  @Test
  void theFileOfPredictionsHasARowForEachClip(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("predictions.csv");
    Cli evaluated = evaluate("--seen", "report", "--predictions", file);
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
    List<String> rows = Files.readAllLines(file);
    assertThat(rows).hasSize(13);
    assertThat(rows.get(0)).isEqualTo("utterance,speaker,label,predicted,seen,p_high,p_low");
    assertThat(rows.subList(1, 5)).allMatch(row -> row.contains(",speaker2,"));
    assertThat(rows.get(1))
        .matches("high-2-1\\.wav,speaker2,high,(high|low),false,[\\dE.-]+,[\\dE.-]+");
    assertThat(rows.subList(5, 13)).allMatch(row -> row.contains(",true,"));
  }

  @Test
  void thePageOfAnEvaluationHasTheFiguresAndThePlayersOfItsMistakes(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("report.html");
    Path predictions = folder.resolve("predictions.csv");
    Cli evaluated =
        evaluate("--seen", "report", "--report", file, "--predictions", predictions, "--json");
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
    String page = Files.readString(file);
    JsonNode json = JsonMapper.shared().readTree(evaluated.out());
    assertThat(page)
        .contains("<strong>%.3f</strong>".formatted(json.get("UA").asDouble()))
        .contains("Worst mistakes of clips seen in training");
    long mistakes =
        Files.readAllLines(predictions).stream()
            .skip(1)
            .map(row -> row.split(","))
            .filter(row -> !row[2].equals(row[3]))
            .count();
    assertThat(mistakes).isPositive();
    assertThat(page.split("<audio", -1)).hasSize((int) mistakes + 1);
    assertThat(page).doesNotContain("No player");
  }

  @Test
  void aPageThatCannotBeWrittenIsNamedBeforeTheEvaluation(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("missing").resolve("report.html");
    assertThat(evaluate("--seen", "exclude", "--report", missing).err().lines().toList())
        .last()
        .asString()
        .startsWith("ser: ")
        .contains(missing.toString(), "does not exist");
    Cli directory = evaluate("--seen", "exclude", "--report", folder);
    assertThat(directory.code()).isEqualTo(1);
    assertThat(directory.out()).isEmpty();
    assertThat(directory.err().lines().toList()).last().asString().contains("it is a directory");
    assertThat(evaluate("--report", folder + "/").code()).isEqualTo(2);
    assertThat(evaluate("--seen", "exclude", "--report", corpus).err())
        .contains(corpus + ": would be overwritten, but is read; expected another file");
    Path both = folder.resolve("both");
    assertThat(evaluate("--seen", "exclude", "--report", both, "--predictions", both).err())
        .contains("--report and --predictions name the one file");
    Path tooLong = folder.resolve("x".repeat(245) + ".html");
    assertThat(evaluate("--seen", "exclude", "--report", tooLong).err()).contains("too long");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void anEvaluationIsPrintedWhereItsPageCannotBeWritten() {
    Cli evaluated = evaluate("--seen", "exclude", "--report", "/dev/full", "--json");
    assertThat(evaluated.code()).isEqualTo(1);
    assertThat(JsonMapper.shared().readTree(evaluated.out()).has("UA")).isTrue();
  }

  @Test
  void theFileOfPredictionsIsNotTheManifest() throws IOException {
    String manifest = Files.readString(corpus);
    Cli refused = evaluate("--seen", "exclude", "--predictions", corpus);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err().lines())
        .last()
        .isEqualTo("ser: " + corpus + ": would be overwritten, but is read; expected another file");
    assertThat(corpus).hasContent(manifest);
  }

  @Test
  void oneCorpusIsTrainedOnAndAnotherIsTested(@TempDir Path folder) throws IOException {
    for (int i = 1; i <= 3; i++) {
      // Another recording, of another person of the same name.
      Files.write(
          folder.resolve("high-%d-1.wav".formatted(i)), Wav.of(Wav.tone(0.5 + 0.1 * i)).bytes());
    }
    Path manifest =
        Files.writeString(
            folder.resolve("other.csv"),
            """
            file,emotion,speaker
            high-1-1.wav,High,speaker1
            high-2-1.wav,shrill,speaker2
            high-3-1.wav,deep,speaker3
            """);
    Path run = folder.resolve("run");
    train("--protocol", "cross-corpus", "--out", run)
        .refusesSaying("protocol cross-corpus expects --test-corpus");
    train("--test-corpus", "csv:" + manifest, "--out", run)
        .refusesSaying("--test-corpus belongs to --protocol cross-corpus, found loso");
    Cli cli =
        train(
            "--protocol",
            "cross-corpus",
            "--test-corpus",
            "csv:" + manifest,
            "--labels",
            "shrill=high,deep=low",
            "--out",
            run);
    assertThat(cli.code()).as(cli.err()).isZero();
    assertThat(cli.out()).contains("tones to other, cross-corpus, mhsa", "UA 0.");
  }

  @Test
  void theBundledModelIsNotTestedOnEmotionsItDoesNotKnow() {
    Cli.run("evaluate", "--corpus", "csv:" + corpus, "--protocol", "loso")
        .failsAtLastSaying(
            "corpus tones has the labels high, low, none in common with the model's labels neutral,",
            "--labels anger=angry,joy=happy");
  }

  @Test
  void aProtocolThatLeaksWarnsBesideItsFigures(@TempDir Path folder) {
    Cli leaky = train("--protocol", "random", "--folds", 1, "--out", folder.resolve("run"));

    assertThat(leaky.code()).as(leaky.err()).isZero();
    String warning = "WARNING: protocol random: the same speakers are in training and in test";
    assertThat(leaky.err()).contains(warning);
    assertThat(leaky.out()).contains(warning);
    assertThat(folder.resolve("run/report.txt")).hasContent(leaky.out());
  }

  @Test
  void foldsTrainedAtOnceGiveTheSameModels(@TempDir Path folder) {
    Cli atOnce = train("--jobs", 2, "--out", folder.resolve("run"));

    assertThat(atOnce.out()).isEqualTo(trained.out());
    for (int fold = 1; fold <= 3; fold++) {
      String weights = "fold-" + fold + "/model/weights.safetensors";
      assertThat(folder.resolve("run").resolve(weights))
          .hasSameBinaryContentAs(out.resolve(weights));
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsNamedBeforeAnythingIsComputed() {
    train("--out", corpus).failsAtLastSaying(corpus, "is a file, expected a folder");
    train("--out", corpus.resolve("run")).failsAtLastSaying(corpus.resolve("run"), "cannot make");
  }

  @Test
  void aDeviceThatIsNotThereIsNamedBeforeAnythingIsMade(@TempDir Path folder) {
    train("--device", "gpu:99", "--out", folder.resolve("run")).failsAtLastSaying("gpu:99");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          --corpus   | librispeech:x | no corpus 'librispeech:x'; expected one of ravdess:DIR
          --corpus   | ravdess       | no corpus 'ravdess'; expected one of ravdess:DIR
          --backend  | abacus        | 'abacus' on the class path or module path; found [djl, dl4j]
          --folds    | 9             | has the folds [1, 2, 3], found [9]
          --protocol | speaker-kfold:4 | found 3 speakers; expected at least 4
          """)
  void anUnknownChoiceListsTheKnown(
      String option, String value, String said, @TempDir Path folder) {
    train(option, value, "--out", folder.resolve("run")).failsAtLastSaying(said);
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          --variant  | fca             | Unknown variant 'fca'; expected one of [mhsa, fa, ca, fa+ca]
          --protocol | 7fold           | no protocol '7fold'; expected one of ravdess-6fold
          --protocol | speaker-kfold:0 | has K = 0 folds; expected 2 to 100000
          --device   | banana          | 'banana'; expected auto, cpu or gpu:N
          --epochs   | 0               | epochs is 0; expected 1 to 1000000
          --jobs     | 0               | --jobs: found 0; expected 1 or more
          """)
  void aValueThatNothingCouldMakeRightIsWrongUsage(
      String option, String value, String said, @TempDir Path folder) {
    Cli cli = train(option, value, "--out", folder.resolve("run"));
    assertThat(cli.err().lines()).last().asString().startsWith("ser: ").contains(said);
    assertThat(cli.code()).isEqualTo(2);
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void theRecipeThatIsPrintedIsOneThatIsRead(@TempDir Path folder) throws IOException {
    Cli printed = Cli.run("train", "--print-recipe");
    assertThat(printed.code()).as(printed.err()).isZero();
    assertThat(printed.out())
        .contains("\"variant\" : \"mhsa\"", "\"calibration\" : \"windowed\"", "\"epochs\" : 30");
    Path recipe = Files.writeString(folder.resolve("recipe.json"), printed.out());

    Cli again = Cli.run("train", "--recipe", recipe, "--print-recipe");
    assertThat(again.out()).isEqualTo(printed.out());

    Cli same = train("--recipe", recipe, "--out", out, "--resume");
    assertThat(same.code()).as(same.err()).isZero();
    assertThat(same.out()).isEqualTo(trained.out());
  }

  @Test
  void aNamedRecipeIsOneOfTheToolkit() {
    Cli named = Cli.run("train", "--recipe", "mhsa", "--print-recipe").succeeds();

    assertThat(named.out())
        .isEqualTo(Cli.run("train", "--variant", "mhsa", "--print-recipe").out());
    Cli.run("train", "--recipe", "mhsaa", "--print-recipe")
        .failsSaying("Unknown recipe 'mhsaa'; expected one of mhsa, fa, ca, fa+ca");
    assertThat(Cli.run("train", "--help").out()).containsPattern("one of\\s+mhsa,\\s+fa,\\s+ca");
  }

  @Test
  void aRecipeDecidesOnTheModelAndOptionsOverrideIt(@TempDir Path folder) throws IOException {
    Path recipe =
        Files.writeString(
            folder.resolve("recipe.json"),
            """
            {"encoder": {"attention": {"variant": "ca", "calibration": "utterance"}, "feedForward": 32},
             "trim": 8, "training": {"epochs": 5, "mixup": 0}}
            """);
    Path run = folder.resolve("run");
    Cli cli = train("--recipe", recipe, "--folds", 1, "--out", run);
    assertThat(cli.code()).as(cli.err()).isZero();
    assertThat(cli.out()).contains("tones, loso, ca, seed 1, 1 epochs");
    JsonNode model = JsonMapper.shared().readTree(run.resolve("fold-1/model/model.json").toFile());
    assertThat(model.at("/encoder/feedForward").asInt()).isEqualTo(32);
    assertThat(model.at("/encoder/attention/calibration").asString())
        .isEqualToIgnoringCase("utterance");
    assertThat(model.at("/trim").asDouble()).isEqualTo(8);
    assertThat(model.at("/training/recipe/mixup").asDouble()).isZero();
  }

  @Test
  void aRecipeWithAMistakeIsNamedBeforeAnythingIsMade(@TempDir Path folder) throws IOException {
    Path recipe = Files.writeString(folder.resolve("recipe.json"), "{\"epochs\": 3}");
    train("--recipe", recipe, "--out", folder.resolve("run"))
        .failsSaying(recipe, "unknown key epochs; expected format, version, encoder");
    assertThat(folder.resolve("run")).doesNotExist();
    Path missing = folder.resolve("missing.json");
    train("--recipe", missing, "--out", folder.resolve("run"))
        .failsSaying(missing, "there is no such file");
  }

  @Test
  void aCorpusThatIsNotThereIsNamed(@TempDir Path folder) throws IOException {
    Path none = folder.resolve("none");
    train("--corpus", "ravdess:" + none, "--out", folder.resolve("run"))
        .failsSaying(none, "does not exist; expected the folder of RAVDESS");

    Path empty = Files.createDirectory(folder.resolve("empty"));
    train("--corpus", "ravdess:" + empty, "--out", folder.resolve("run"))
        .failsSaying(empty, "the folder is empty; expected RAVDESS", "03-01-05-01-02-01-12.wav");

    Files.writeString(empty.resolve("holiday.jpg"), "");
    train("--corpus", "ravdess:" + empty, "--out", folder.resolve("run"))
        .failsSaying(empty, "holiday.jpg", "expected RAVDESS");
  }

  @Test
  void clipsThatCannotBeReadAreNamedAndLeftOutUnlessStrict(@TempDir Path folder)
      throws IOException {
    Path manifest = ToneCorpus.write(folder);
    Path broken = Files.writeString(folder.resolve("high-2-1.wav"), "not audio");
    Path run = folder.resolve("run");

    train("--corpus", "csv:" + manifest, "--out", run, "--strict")
        .failsAtLastSaying(
            "corpus tones: 1 of 12 clips cannot be used", broken, "seems to be text");
    assertThat(run).doesNotExist();

    Cli lenient = train("--corpus", "csv:" + manifest, "--out", run, "--folds", 1);
    assertThat(lenient.code()).as(lenient.err()).isZero();
    String note = "note: left out 1 clip whose audio cannot be used: " + broken;
    assertThat(lenient.err()).contains(note);
    assertThat(lenient.out()).contains(note);
    assertThat(run.resolve("report.txt")).hasContent(lenient.out());
  }
}
