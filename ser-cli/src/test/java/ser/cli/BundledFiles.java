package ser.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The bundled model and clips as files of the checkout, which other processes can read, too. */
public final class BundledFiles {
  private static final Path FOLDER =
      Path.of("..", "ser-model-base", "src", "main", "resources", "ser", "model", "base")
          .toAbsolutePath()
          .normalize();

  private BundledFiles() {}

  /** The folder of the bundled model package. */
  public static Path model() {
    return FOLDER.resolve("model");
  }

  /** The bundled clips, sorted by name. */
  public static List<Path> clips() {
    try (Stream<Path> files = Files.list(FOLDER.resolve("clips"))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
