package ser.cli.commands;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import ser.api.SerException;
import ser.model.base.BaseModel;

/** The clips of {@link BaseModel} as files. */
public final class BundledClips {
  private BundledClips() {}

  /**
   * Returns the bundled clips.
   *
   * @return WAV files, within the jar where there is one, sorted by name
   * @throws SerException when they cannot be read
   */
  public static List<Path> paths() {
    try (Stream<Path> files = Files.list(folder().resolve("clips"))) {
      return files.filter(file -> file.toString().endsWith(".wav")).sorted().toList();
    } catch (IOException e) {
      throw new SerException("The bundled clips cannot be read: " + e.getMessage(), e);
    }
  }

  private static Path folder() {
    URL url = BaseModel.class.getResource("README.md");
    if (url == null) {
      throw new SerException("The jar of the model 'base' has no clips");
    }
    try {
      URI uri = url.toURI();
      if (uri.getScheme().equals("jar")) {
        try {
          // Stays open as long as the process: paths into it are handed out.
          FileSystems.newFileSystem(uri, Map.of());
        } catch (FileSystemAlreadyExistsException e) {
          return parent(Path.of(uri));
        }
      }
      return parent(Path.of(uri));
    } catch (IOException | URISyntaxException e) {
      throw new SerException("The bundled clips cannot be read: " + e.getMessage(), e);
    }
  }

  private static Path parent(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalStateException("a resource lies in a folder");
    }
    return parent;
  }
}
