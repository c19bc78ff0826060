package ser.pipeline.corpus;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The corpora of real speech, where a machine has them next to the project. */
public final class RealCorpora {
  private RealCorpora() {}

  /**
   * The folder of the complete speech part of RAVDESS; the calling test is skipped, with the
   * reason, where there is none.
   */
  public static Path ravdessOrSkip() {
    return folderOrSkip("RAVDESS", "ravdess16k");
  }

  /** The folder of nEMO; the calling test is skipped, with the reason, where there is none. */
  public static Path nemoOrSkip() {
    return folderOrSkip("nEMO", "nemo16k");
  }

  private static Path folderOrSkip(String corpus, String name) {
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    Path folder = module.resolve("../../shared/data/" + name).normalize();
    assumeTrue(Files.isDirectory(folder), corpus + " is not at " + folder);
    return folder;
  }
}
