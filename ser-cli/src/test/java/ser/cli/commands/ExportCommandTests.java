package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.cli.Cli;

/** The command's messages and files; {@link ExportedModelTests} runs the files. */
class ExportCommandTests {
  @ParameterizedTest
  @CsvSource({
    "model.pt,  '',          TorchScript",
    "model.onnx,'',          ONNX",
    "model.fb,  '',          SameDiff",
    "model.bin, torchscript, TorchScript",
    "model.pt,  onnx,        ONNX"
  })
  void oneLineDescribesTheFileWritten(
      String name, String format, String written, @TempDir Path folder) throws IOException {
    Path out = folder.resolve(name);

    Cli cli =
        format.isEmpty()
            ? Cli.run("export", "--out", out)
            : Cli.run("export", "--format", format, "--out", out);

    assertThat(cli.err().lines())
        .singleElement()
        .asString()
        .startsWith("%s: %s, ".formatted(out, written))
        .contains(
            "; 268152 parameters, %d bytes;".formatted(Files.size(out)),
            "inputs features float32[batch, time, 64], lengths int64[batch];",
            "outputs logits float32[batch, 8], probabilities float32[batch, 8], attention float32",
            "classes neutral, calm, happy,")
        .doesNotContain("the features are not");
    assertThat(cli.code()).isZero();
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void anExistingFileIsReplacedWhole(@TempDir Path folder) throws IOException {
    Path fresh = folder.resolve("fresh.onnx");
    Path old = Files.write(folder.resolve("old.onnx"), new byte[5_000_000]);
    assertThat(Cli.run("export", "--out", fresh).code()).isZero();
    assertThat(Cli.run("export", "--out", old).code()).isZero();

    assertThat(old).hasSameBinaryContentAs(fresh);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(fresh, old);
    }
  }

  @Test
  void anUnknownFormatListsTheKnown(@TempDir Path folder) {
    Path out = folder.resolve("model.tflite");

    Cli.run("export", "--format", "tflite", "--out", out)
        .failsSaying("'tflite'", "found [onnx, samediff, torchscript]");
    Cli.run("export", "--out", out)
        .failsSaying(out, "give --format", ".onnx for onnx, .fb for samediff, .pt for torchscript");
    assertThat(out).doesNotExist();
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamed(@TempDir Path folder) throws IOException {
    Path inNoFolder = folder.resolve("none/model.onnx");
    Cli.run("export", "--out", inNoFolder)
        .failsSaying(inNoFolder, "cannot write", "does not exist");
    Path aFolder = Files.createDirectory(folder.resolve("model.pt"));
    Cli.run("export", "--out", aFolder).failsSaying(aFolder, "it is a directory");
    Path inAFile = Files.createFile(folder.resolve("file")).resolve("model.pt");
    Cli.run("export", "--out", inAFile).failsSaying(inAFile, "cannot write");
  }

  @Test
  void noPackage(@TempDir Path folder) {
    Path none = folder.resolve("none");
    Path out = folder.resolve("model.onnx");

    Cli.run("export", "--model", none, "--out", out).failsSaying(none, "no model package");
    assertThat(out).doesNotExist();
  }

  @Test
  void helpListsTheStepsThatAreNotExported() {
    assertThat(Cli.run("export", "--help").succeeds().out())
        .contains(".pt is", "silence", "longer than 20 s", "An existing file is replaced");
  }
}
