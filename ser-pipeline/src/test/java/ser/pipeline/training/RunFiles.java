package ser.pipeline.training;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** Files that versions of this toolkit wrote, kept for ever; see their README. */
final class RunFiles {
  private RunFiles() {}

  static Path path(String name) {
    try {
      return Path.of(Objects.requireNonNull(RunFiles.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
