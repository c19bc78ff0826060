package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import ser.cli.BundledFiles;
import ser.cli.Cli;
import ser.pipeline.modelpackage.VadModel;

class TrainVadCommandTests {
  /** A manifest of the bundled clips, each of a speaker of its own. */
  private static String corpus(Path folder) throws Exception {
    StringBuilder rows = new StringBuilder("path,label,speaker\n");
    for (Path clip : BundledFiles.clips()) {
      rows.append("%s,sad,%s%n".formatted(clip, clip.getFileName()));
    }
    return "csv:" + Files.writeString(folder.resolve("clips.csv"), rows);
  }

  @Test
  void aDetectorIsTrainedTestedAndWritten(@TempDir Path folder) throws Exception {
    Path out = folder.resolve("vad.safetensors");
    Cli cli = Cli.run("train-vad", "--corpus", corpus(folder), "--steps", 2, "--out", out);
    assertThat(cli.code()).isZero();
    assertThat(VadModel.read(out).corpus()).isEqualTo("clips");
    assertThat(cli.err().lines())
        .last()
        .isEqualTo(
            out
                + ": a voice activity detector; a model package uses it under the name vad.safetensors in its folder");
    assertThat(cli.outLines()).hasSize(20).anyMatch(line -> line.startsWith("speech, music 10 dB"));
  }

  @Test
  void whatCannotBeTrainedOnIsRefused(@TempDir Path folder) throws Exception {
    Path out = folder.resolve("vad.safetensors");
    Cli.run("train-vad", "--corpus", corpus(folder), "--steps", 0, "--out", out)
        .refusesSaying("--steps: found 0; expected 1 to 1000000");
    Path text = folder.resolve("v.txt");
    Cli.run("train-vad", "--corpus", corpus(folder), "--out", text)
        .refusesSaying("--out: found " + text + "; expected a name that ends in .safetensors");
    Path nowhere = folder.resolve("none/v.safetensors");
    Cli.run("train-vad", "--corpus", corpus(folder), "--out", nowhere)
        .failsSaying(nowhere, "cannot write, the folder");
    String rows = Files.readString(folder.resolve("clips.csv")) + "none.wav,sad,nobody\n";
    Path missing = Files.writeString(folder.resolve("missing.csv"), rows);
    Cli.run("train-vad", "--strict", "--corpus", "csv:" + missing, "--steps", 1, "--out", out)
        .failsAtLastSaying("corpus missing: 1 of 9 clips cannot be used: ", "none.wav");
    Path few = Files.writeString(folder.resolve("few.csv"), "path,label,speaker\n");
    Cli.run("train-vad", "--corpus", "csv:" + few, "--out", out).failsSaying(few.toString());
    assertThat(out).doesNotExist();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aPlaceThatTakesNoFilesIsRefusedBeforeTheCorpusIsRead(@TempDir Path folder) throws Exception {
    Cli.run("train-vad", "--corpus", corpus(folder), "--out", "/proc/x.safetensors")
        .failsSaying("/proc/x.safetensors: cannot write, ");
  }
}
