package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.cli.BundledFiles;
import ser.cli.Cli;
import ser.graph.spi.Backends;

/** A model package or an engine that is not what it should be. */
class ModelAndEngineErrorTests {
  private static final Path CLIP = BundledFiles.clips().get(0);

  /** A copy of the bundled package, to be damaged. */
  private static Path copy(Path folder) throws IOException {
    Path copy = Files.createDirectories(folder.resolve("model"));
    try (Stream<Path> files = Files.list(BundledFiles.model())) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(String.valueOf(file.getFileName())));
      }
    }
    return copy;
  }

  @Test
  void aCopyOfAPackageIsAPackage(@TempDir Path folder) throws IOException {
    assertThat(Cli.run("predict", "--model", copy(folder), CLIP).succeeds().out())
        .isEqualTo(Cli.run("predict", CLIP).succeeds().out());
  }

  @Test
  void noPackage(@TempDir Path folder) {
    Path none = folder.resolve("none");

    Cli.run("predict", "--model", none, CLIP).failsSaying(none, "no model package", "model.json");
    Cli.run("predict", "--model", folder, CLIP)
        .failsSaying(folder.resolve("model.json"), "no such file");
  }

  @Test
  void missingWeights(@TempDir Path folder) throws IOException {
    Path weights = copy(folder).resolve("weights.safetensors");
    Files.delete(weights);

    Cli.run("predict", "--model", folder.resolve("model"), CLIP)
        .failsSaying(weights, "no such file");
  }

  @Test
  void truncatedWeights(@TempDir Path folder) throws IOException {
    Path weights = copy(folder).resolve("weights.safetensors");
    Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 5_000));

    Cli.run("predict", "--model", folder.resolve("model"), CLIP)
        .failsSaying(weights, "has 1160 bytes of tensors, expected 1072096", "truncated");
  }

  @Test
  void alteredWeights(@TempDir Path folder) throws IOException {
    Path weights = copy(folder).resolve("weights.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length / 2] ^= 1;
    Files.write(weights, bytes);

    Cli.run("predict", "--model", folder.resolve("model"), CLIP)
        .failsSaying(weights, "was altered", "SHA-256");
  }

  @Test
  void aDescriptionThatIsNotJson(@TempDir Path folder) throws IOException {
    Path description = Files.writeString(copy(folder).resolve("model.json"), "{");

    Cli cli = Cli.run("predict", "--model", folder.resolve("model"), CLIP);

    cli.failsSaying(description, "does not describe a model: Unexpected end-of-input");
    assertThat(cli.err()).doesNotContain("Source:");
  }

  @Test
  void anUnknownBackendListsTheKnown() {
    Cli.run("predict", "--backend", "abacus", CLIP).failsSaying("'abacus'", "found [djl, dl4j]");
  }

  @Test
  void anUnknownDeviceListsTheForms() {
    Cli.run("predict", "--device", "banana", CLIP)
        .refusesSaying("--device: ", "'banana'", "expected auto, cpu or gpu:N");
  }

  @Test
  void aDeviceThatIsNotThereListsThoseThatAre() {
    String devices = Backends.named("djl").devices().toString();

    Cli.run("predict", "--device", "gpu:99", CLIP).failsSaying("gpu:99", "it has " + devices);
  }
}
