package ser.api;

import java.nio.file.Path;

/** What became of one file of several. */
public sealed interface FileResult {
  /**
   * @return the file as it was given
   */
  Path file();

  /**
   * The file was classified.
   *
   * @param file the file
   * @param recognition what the model hears in it
   */
  record Recognized(Path file, Recognition recognition) implements FileResult {}

  /**
   * The file could not be classified.
   *
   * @param file the file
   * @param reason why, in one sentence
   */
  record Failed(Path file, SerException reason) implements FileResult {}
}
