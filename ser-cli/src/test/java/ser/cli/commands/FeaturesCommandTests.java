package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.cli.Cli;
import ser.cli.Wav;

class FeaturesCommandTests {
  @ParameterizedTest
  @CsvSource({"logmel, 64", "mfcc, 40", "rms, 1", "LogMel, 64"})
  void writesAMatrixThatNumPyReads(String kind, int columns, @TempDir Path folder)
      throws IOException {
    Path clip = Files.write(folder.resolve("tone.wav"), Wav.of(Wav.tone(1)).bytes());
    Path out = folder.resolve("x.npy");

    Cli cli = Cli.run("features", "--kind", kind, "--out", out, clip);

    assertThat(cli.code()).isZero();
    assertThat(cli.err()).isEqualTo("%s: 101 frames of %d%n".formatted(out, columns));
    String file = Files.readString(out, StandardCharsets.ISO_8859_1);
    assertThat(file)
        .startsWith("\u0093NUMPY")
        .contains("'descr': '<f4'", "'shape': (101, %d)".formatted(columns))
        .hasSize(128 + 4 * 101 * columns);
  }

  @Test
  void theEnvelopeIsOneMoreColumn(@TempDir Path folder) throws IOException {
    Path clip = Files.write(folder.resolve("tone.wav"), Wav.of(Wav.tone(1)).bytes());
    Path out = folder.resolve("x.npy");
    Cli cli = Cli.run("features", "--kind", "logmel", "--envelope", "--out", out, clip);
    assertThat(cli.err()).isEqualTo("%s: 101 frames of 65%n".formatted(out));
    Cli rms = Cli.run("features", "--kind", "rms", "--envelope", "--out", out, clip);
    assertThat(rms.code()).isEqualTo(2);
    assertThat(rms.err()).contains("--envelope belongs to --kind logmel or mfcc, found rms");
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamed(@TempDir Path folder) throws IOException {
    Path clip = Files.write(folder.resolve("tone.wav"), Wav.of(Wav.tone(1)).bytes());

    Path inNoFolder = folder.resolve("none/x.npy");
    Cli.run("features", "--kind", "rms", "--out", inNoFolder, clip)
        .failsSaying(inNoFolder, "cannot write", "does not exist");
    Cli.run("features", "--kind", "rms", "--out", inNoFolder, folder.resolve("missing.wav"))
        .failsSaying(inNoFolder, "cannot write", "does not exist");
    Cli.run("features", "--kind", "rms", "--out", clip.resolve("x.npy"), clip)
        .failsSaying(clip.resolve("x.npy"), "cannot write");
    Cli.run("features", "--kind", "rms", "--out", folder, clip)
        .failsSaying(folder, "it is a directory");
  }

  @Test
  void aClipThatCannotBeReadIsNamed(@TempDir Path folder) {
    Path missing = folder.resolve("missing.wav");

    Cli.run("features", "--kind", "rms", "--out", folder.resolve("x.npy"), missing)
        .failsSaying(missing, "no such file");
    assertThat(folder.resolve("x.npy")).doesNotExist();
  }
}
