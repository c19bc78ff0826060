package ser.pipeline.modelpackage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.ModelException;
import ser.api.SerException;
import ser.api.spi.ModelProvider;

class VadModelTests {
  private final Path folder;

  VadModelTests(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aDetectorIsReadBackFromItsFileAndFromAPackage() {
    VadModel vad = TinyVad.above(-10);
    Path file = folder.resolve("x.safetensors");
    vad.write(file);
    assertThat(VadModel.read(file).bytes()).isEqualTo(vad.bytes());
    assertThat(VadModel.read(file).corpus()).isEqualTo("threshold");

    Path model = TinyModel.write(folder.resolve("model"));
    assertThat(ModelPackage.read(model).vad()).isEmpty();
    vad.write(model.resolve(VadModel.FILE));
    ModelPackage read = ModelPackage.read(model);
    assertThat(read.vad().orElseThrow().bytes()).isEqualTo(vad.bytes());
    read.write(folder.resolve("copy"), "# A card\n");
    assertThat(folder.resolve("copy/" + VadModel.FILE)).hasBinaryContent(vad.bytes());
  }

  @Test
  void aPackageInAJarMayHaveADetector() throws IOException {
    Path model = TinyModel.write(folder.resolve("model"));
    assertThat(ModelPackage.read(jar(model)).vad()).isEmpty();
    TinyVad.above(-10).write(model.resolve(VadModel.FILE));
    assertThat(ModelPackage.read(jar(model)).vad()).isPresent();
  }

  private static ModelProvider jar(Path model) {
    return new ModelProvider() {
      @Override
      public String name() {
        return "jar";
      }

      @Override
      public InputStream open(String file) throws IOException {
        if (!Files.exists(model.resolve(file))) {
          throw new FileNotFoundException(file);
        }
        return new ByteArrayInputStream(Files.readAllBytes(model.resolve(file)));
      }
    };
  }

  @Test
  void aDetectorThatIsALinkToNothingIsNotTakenForAbsent() throws IOException {
    Path model = TinyModel.write(folder.resolve("model"));
    Path link = model.resolve(VadModel.FILE);
    Files.createSymbolicLink(link, folder.resolve("none"));
    assertThat(Refusals.refusal(link, () -> ModelPackage.read(model)))
        .endsWith("is a symbolic link to a file that does not exist");
    TinyVad.above(-10).write(folder.resolve("none"));
    assertThat(ModelPackage.read(model).vad()).isPresent();
  }

  @Test
  void anEmptyDetectorIsRefused() throws IOException {
    Path model = TinyModel.write(folder.resolve("model"));
    Path empty = Files.createFile(model.resolve(VadModel.FILE));
    assertThat(Refusals.refusal(empty, () -> ModelPackage.read(model)))
        .contains("it is 0 bytes long");
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    Path file = folder.resolve("vad.safetensors");
    byte[] bytes = TinyVad.above(-10).bytes();
    byte[] altered = bytes.clone();
    altered[altered.length - 6] ^= 1;
    Files.write(file, altered);
    assertThatThrownBy(() -> VadModel.read(file))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(file + ": was altered: the SHA-256 of its weights is ");
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> VadModel.read(file))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(file + ": ");
    Path model = TinyModel.write(folder.resolve("model"));
    Files.copy(model.resolve(ModelPackage.WEIGHTS), model.resolve(VadModel.FILE));
    assertThatThrownBy(() -> ModelPackage.read(model))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(model.resolve(VadModel.FILE) + ": ");
    assertThatThrownBy(() -> new VadModel(Map.of(), "none")).isInstanceOf(SerException.class);
  }
}
