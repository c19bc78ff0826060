package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.cli.BundledFiles;
import ser.cli.Cli;
import ser.cli.ToneCorpus;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A cross-validation on three speakers in tones: too few clips for a threshold. */
class CalibrateCommandTests {
  private static Path run;

  @BeforeAll
  static void train(@TempDir Path folder) {
    Path corpus = ToneCorpus.write(folder);
    run = folder.resolve("run");
    Cli cli =
        Cli.run(
            "train",
            "--corpus",
            "csv:" + corpus,
            "--protocol",
            "loso",
            "--epochs",
            1,
            "--out",
            run);
    assertThat(cli.code()).as(cli.err()).isZero();
  }

  private static Path model() {
    return run.resolve("fold-1/model");
  }

  @Test
  void anExplanationSaysThatTheModelWasTrainedOnTheRecording(@TempDir Path folder)
      throws IOException {
    String tested = Files.readString(run.resolve("fold-1/predictions.json"));
    int trained = 0;
    for (String name : List.of("high-1-1.wav", "high-2-1.wav", "high-3-1.wav")) {
      Path page = folder.resolve("page.html");
      Cli cli = Cli.run("explain", "--model", model(), "--out", page, run.resolveSibling(name));
      assertThat(cli.code()).as(cli.err()).isZero();
      boolean inTraining = Files.readString(page).contains("was trained on this recording");
      assertThat(inTraining).as(name).isNotEqualTo(tested.contains(name));
      trained += inTraining ? 1 : 0;
    }
    assertThat(trained).isEqualTo(2);
  }

  @Test
  void noOutputReplacesAFileOfTheModel() throws IOException {
    Path clip = BundledFiles.clips().get(0);
    Path weights = model().resolve("weights.safetensors");
    byte[] before = Files.readAllBytes(weights);
    String refusal = weights + ": would be overwritten, but is read; expected another file";
    Cli.run("explain", "--model", model(), "--out", weights, clip).failsSaying(refusal);
    Cli.run("explain", "--against", model(), "--out", weights, clip).failsSaying(refusal);
    Cli.run("predict", "--model", model(), "--format", "csv", "--out", weights, clip)
        .failsSaying(refusal);
    Cli.run("export", "--model", model(), "--format", "onnx", "--out", weights)
        .failsSaying(refusal);
    String corpus = "csv:" + run.resolveSibling("tones.csv");
    for (String option : List.of("--report", "--predictions")) {
      Cli.run(
              "evaluate",
              "--model",
              model(),
              "--seen",
              "report",
              "--corpus",
              corpus,
              option,
              weights)
          .failsAtLastSaying(refusal);
    }
    assertThat(weights).hasBinaryContent(before);
  }

  @Test
  void aCalibratedModelSaysWhenItIsUnsure(@TempDir Path folder) throws IOException {
    Path out = folder.resolve("calibrated");
    Cli cli = Cli.run("calibrate", "--model", model(), "--run", run, "--out", out).succeeds();
    assertThat(cli.outLines().get(0))
        .matches("temperature \\d+\\.\\d{3}, from 8 clips of 2 speakers");
    assertThat(cli.outLines().get(1)).matches("ECE 0\\.\\d{3} before, 0\\.\\d{3} after .*");
    assertThat(cli.outLines().get(2))
        .isEqualTo(
            "no confidence keeps the wrong answers at 20 % or fewer: every answer is unsure");
    assertThat(Files.readString(out.resolve("README.md")))
        .contains("## Confidence\n\n- Temperature: ");
    Path clip = BundledFiles.clips().get(0);
    assertThat(Cli.run("predict", "--model", out, clip).succeeds().outLines().get(1))
        .endsWith("  unsure");
    JsonNode answer =
        JsonMapper.shared()
            .readTree(Cli.run("predict", "--json", "--model", out, clip).succeeds().out());
    assertThat(answer.get("doubts").get(0).asString())
        .isEqualTo("unsure: no confidence of this model keeps the wrong answers at 20 % or fewer");
    JsonNode before =
        JsonMapper.shared()
            .readTree(Cli.run("predict", "--json", "--model", model(), clip).succeeds().out());
    assertThat(before.path("doubts").toString()).doesNotContain("unsure");
    assertThat(answer.get("emotion")).isEqualTo(before.get("emotion"));
  }

  @Test
  void mistakesAreSaidInOneLine(@TempDir Path folder) {
    Path out = folder.resolve("calibrated");
    Cli.run("calibrate", "--model", model(), "--run", run, "--out", run)
        .failsSaying(run, "is there already");
    Path inFile = model().resolve("model.json").resolve("calibrated");
    Cli.run("calibrate", "--model", folder, "--run", run, "--out", inFile)
        .failsSaying(inFile + ": cannot make this folder: ", "is a file");
    Cli.run("calibrate", "--model", model(), "--run", run, "--run", run, "--out", out)
        .failsSaying(run, "has predictions that another of the runs has, too");
    Cli.run("calibrate", "--run", run, "--out", out)
        .failsSaying("The model is calibrated, by a temperature of ");
    Cli.run("calibrate", "--model", model(), "--run", folder.resolve("none"), "--out", out)
        .failsSaying("none");
    Cli.run("calibrate", "--model", model(), "--run", run, "--risk", 1, "--out", out)
        .refusesSaying("--risk: found 1.0; expected more than 0 and less than 1");
    assertThat(out).doesNotExist();
  }
}
