package ser.pipeline.corpus;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The complete RAVDESS speech corpus, where a machine has it next to the project. */
public final class RealRavdess {
  private RealRavdess() {}

  /** The corpus folder; the calling test is skipped, with the reason, where there is none. */
  public static Path folderOrSkip() {
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    Path folder = module.resolve("../../shared/data/ravdess16k").normalize();
    assumeTrue(Files.isDirectory(folder), "RAVDESS is not at " + folder);
    return folder;
  }
}
