package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.cli.Cli;
import ser.cli.ToneCorpus;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ablations on three speakers in tones. */
class AblateCommandTests {
  private static Path corpus;
  private static Path out;
  private static Cli ablated;

  @BeforeAll
  static void ablate(@TempDir Path folder) {
    corpus = ToneCorpus.write(folder);
    out = folder.resolve("ablation");
    ablated = ablate("--out", out);
  }

  /** Two variants with two seeds and an epoch each, unless the arguments say otherwise. */
  private static Cli ablate(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("ablate"));
    for (List<Object> pair :
        List.<List<Object>>of(
            List.of("--corpus", "csv:" + corpus),
            List.of("--protocol", "loso"),
            List.of("--variants", "mhsa,fa"),
            List.of("--seeds", "1-2"),
            List.of("--epochs", 1))) {
      if (!Arrays.asList(arguments).contains(pair.get(0))) {
        all.addAll(pair);
      }
    }
    all.addAll(List.of(arguments));
    return Cli.run(all.toArray());
  }

  @Test
  void theTableIsPrintedAndWritten() throws IOException {
    assertThat(ablated.code()).as(ablated.err()).isZero();
    assertThat(ablated.out())
        .startsWith("# Ablation: tones, loso\n")
        .contains("3 folds, 3 speakers, 12 clips; baseline `mhsa`")
        .containsPattern("\\| `fa` \\| \\d{3},\\d{3} \\| 2 \\| 0\\.\\d{3} \\|")
        .contains(
            "| macro-F1 |",
            "| ECE |",
            "| Pearson correlation |",
            "Power: ",
            "| training, s of wall time");
    assertThat(ablated.out()).startsWith(Files.readString(out.resolve("ablation.md")));
    assertThat(Files.readString(out.resolve("ablation.html")))
        .contains("<h1>Ablation: tones, loso</h1>", "<th scope=\"row\">fa</th>");
    JsonNode json = JsonMapper.shared().readTree(out.resolve("ablation.json").toFile());
    assertThat(json.get("format").asString()).isEqualTo("speech-emotion-ablation");
    assertThat(json.at("/variants/fa/measures/UA/againstBaseline/exact").asBoolean()).isTrue();
    assertThat(json.get("missing")).isEmpty();
  }

  @Test
  void progressHasALineForEachFold() {
    assertThat(ablated.err())
        .contains("0 of 12 folds are done")
        .containsPattern(
            "fa, seed 2, fold 3: UA 0\\.\\d{3}, WA 0\\.\\d{3} on 4 clips; \\d+ of 12 folds are done")
        .containsPattern("folds are done, about \\d+ (s|min) left");
  }

  @Test
  void theRemainingTimeIsInTheLargestUnits() {
    assertThat(AblationProgress.text(Duration.ofSeconds(12))).isEqualTo("12 s");
    assertThat(AblationProgress.text(Duration.ofSeconds(200))).isEqualTo("3 min");
    assertThat(AblationProgress.text(Duration.ofMinutes(80))).isEqualTo("1 h 20 min");
  }

  @Test
  void theReportAloneNeedsTheFolderAlone() throws IOException {
    String before = Files.readString(out.resolve("ablation.json"));

    Cli report = Cli.run("ablate", "--report-only", "--out", out).succeeds();

    assertThat(report.out()).isEqualTo(ablated.out());
    assertThat(Files.readString(out.resolve("ablation.json"))).isEqualTo(before);
    assertThat(Cli.run("ablate", "--report-only", "--out", out, "--power", 0.02).succeeds().out())
        .containsPattern(
            "A difference of 0.02 is detected with \\d+ seeds of each variant|The power is not known: it needs two seeds");
  }

  @Test
  void theReportAloneTakesVariantsOfOtherSettingsByName() {
    Cli report = Cli.run("ablate", "--report-only", "--out", out, "--variants", "fa").succeeds();

    assertThat(report.out()).contains("| `fa` |").doesNotContain("`mhsa`");
    Cli.run("ablate", "--report-only", "--out", out, "--folds", "1,99")
        .refusesSaying("--folds: the runs have the folds [1, 2, 3], found [1, 99]");
    Cli.run("ablate", "--report-only", "--out", out); // restores the tables
  }

  @Test
  void aBaselineAndPlannedComparisonsAreChosen() {
    Cli report =
        Cli.run("ablate", "--report-only", "--out", out, "--baseline", "fa", "--planned", "mhsa")
            .succeeds();

    assertThat(report.out()).contains("baseline `fa`");
    Cli.run("ablate", "--report-only", "--out", out); // restores the tables
  }

  @Test
  void moreSeedsGoOnWithTheSameFolder(@TempDir Path folder) {
    Path more = folder.resolve("more");
    Cli first = ablate("--out", more, "--seeds", "1", "--folds", "1", "--variants", "mhsa");
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.out()).contains("Power: not known");

    Cli second =
        ablate("--out", more, "--seeds", "1,2", "--folds", "1", "--variants", "mhsa", "--resume");

    assertThat(second.code()).as(second.err()).isZero();
    assertThat(second.err()).contains("1 of 2 folds are done").doesNotContain("seed 1, fold");
  }

  @Test
  void aRunThatWasCutOffIsRefusedBeforeTheCorpusIsRead(@TempDir Path folder) throws IOException {
    Path fold = Files.createDirectories(folder.resolve("fa/seed-2/fold-3"));
    ablate("--out", folder)
        .failsSaying(folder.resolve("fa/seed-2"), "holds a run that was begun; add --resume");
    ablate("--out", folder, "--folds", "2,3").failsSaying(folder.resolve("fa/seed-2"));
    assertThat(fold).isEmptyDirectory();
  }

  @Test
  void variantsAreComparedOnTheDevelopmentSpeakers(@TempDir Path folder) throws IOException {
    Cli compared = ablate("--out", folder, "--seeds", "1", "--folds", "1", "--development");

    assertThat(compared.code()).as(compared.err()).isZero();
    assertThat(folder.resolve("fa/seed-1/run.json"))
        .content()
        .contains("\"development\" : \"TESTED\"");
    JsonNode training =
        JsonMapper.shared()
            .readTree(Files.readString(folder.resolve("fa/seed-1/fold-1/model/model.json")))
            .get("training");
    String tested = Files.readString(folder.resolve("fa/seed-1/fold-1/predictions.json"));
    assertThat(tested)
        .contains("\"%s\"".formatted(training.at("/developmentSpeakers/tones/0").stringValue()))
        .doesNotContain("\"%s\"".formatted(training.at("/testSpeakers/tones/0").stringValue()));
    assertThat(ablate("--out", folder, "--seeds", "1", "--folds", "1", "--resume").err())
        .contains(
            "holds a run on development speakers; add --development, or choose another folder");
  }

  @Test
  void aRunOfTrainIsTaken(@TempDir Path folder) {
    Path run = folder.resolve("mhsa/seed-7");
    Cli trained =
        Cli.run(
            "train",
            "--corpus",
            "csv:" + corpus,
            "--protocol",
            "loso",
            "--variant",
            "mhsa",
            "--seed",
            7,
            "--epochs",
            1,
            "--out",
            run);
    assertThat(trained.code()).as(trained.err()).isZero();

    Cli taken = ablate("--out", folder, "--variants", "mhsa", "--seeds", 7);

    assertThat(taken.code()).as(taken.err()).isZero();
    assertThat(taken.err())
        .contains("3 of 3 folds are done", "fold 1: alignment measured")
        .doesNotContain("UA", "epoch"); // lines of a fold that is trained
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --variants | mhsa,fa,mhsa  | ser: --variants: The variant mhsa is given twice; expected each once
          --seeds    | 1-3,2         | ser: --seeds: The seed 2 is given twice; expected each once
          --seeds    | 3-1           | --seeds: found '3-1'; expected numbers or ranges
          --seeds    | -1            | --seeds: found '-1'; expected numbers or ranges
          --seeds    | 1-999999999   | --seeds: found more than 1000
          --baseline | ca            | The baseline 'ca' is not among the variants mhsa, fa
          --planned  | ca            | The planned comparison 'ca' is not among the variants mhsa, fa
          --protocol | bootstrap     | --protocol
          --protocol | cross-corpus  | --protocol: found cross-corpus
          --jobs     | 0             | --jobs: found 0; expected 1 or more
          --power    | 0             | --power: found 0.0; expected more than 0
          --epochs   | 0             | --epochs
          """)
  void aValueThatNothingCouldMakeRightIsWrongUsage(
      String option, String value, String said, @TempDir Path folder) {
    Cli cli = ablate(option, value, "--out", folder.resolve("run"));

    assertThat(cli.err().lines()).last().asString().startsWith("ser: ").contains(said);
    assertThat(cli.code()).isEqualTo(2);
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void whatCannotBeDoneIsOneLine(@TempDir Path folder) throws IOException {
    ablate("--variants", "mhsa,nothing", "--out", folder.resolve("run"))
        .failsSaying("Unknown recipe 'nothing'; expected one of mhsa, fa, ca, fa+ca");
    Path odd =
        Files.writeString(
            folder.resolve("odd.json"), "{\"encoder\": {\"attention\": {\"heads\": 5}}}");
    ablate("--variants", "mhsa," + odd, "--out", folder.resolve("run"))
        .failsSaying(odd, "heads is 5; expected a divisor of the width, 128");
    for (String name : List.of("..", "a\nb", "a|b", "times.json", "ablation-ua.svg")) {
      Path file = Files.writeString(folder.resolve(name + ".json"), "{}");
      ablate("--variants", file, "--out", folder.resolve("run"))
          .refusesSaying("ser: --variants: The ", "expected a");
    }
    Path same = Files.writeString(folder.resolve("same.json"), "{}");
    ablate("--variants", "mhsa," + same, "--out", folder.resolve("run"))
        .refusesSaying("--variants: mhsa and same have the same settings");
    Path file = Files.writeString(folder.resolve("file"), "");
    ablate("--out", file).failsSaying(file + ": is a file, expected a folder");
    ablate("--folds", "4", "--out", folder.resolve("run"))
        .failsAtLastSaying("Protocol loso has the folds [1, 2, 3], found [4]");
    Cli.run("ablate", "--report-only", "--out", folder.resolve("none"))
        .failsSaying(folder.resolve("none"), "no such folder; expected that of an ablation");
    ablate("--epochs", 2, "--out", out, "--resume")
        .failsAtLastSaying(out, "holds a run with epochs 1, found 2");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void aFoldThatTestsAClassItDoesNotTrainOnIsNamed(@TempDir Path folder) throws IOException {
    Path manifest = ToneCorpus.write(folder);
    List<String> lines = new ArrayList<>(Files.readAllLines(manifest));
    lines.replaceAll(
        line -> line.endsWith(",high,speaker1") ? line.replace(",high,", ",shrill,") : line);
    Files.write(manifest, lines);

    ablate("--corpus", "csv:" + manifest, "--out", folder.resolve("run"))
        .failsAtLastSaying("fold 1 of loso tests shrill but has no clip of it to train on");
    assertThat(folder.resolve("run")).doesNotExist();
  }
}
