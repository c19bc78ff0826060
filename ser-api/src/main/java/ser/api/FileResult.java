package ser.api;

import java.nio.file.Path;

/** The result of one file of several: its classification, or the reason why there is none. */
public sealed interface FileResult {
  /** {@return the file as it was given} */
  Path file();

  /**
   * The result of a file that was classified.
   *
   * @param file the file
   * @param recognition its classification
   */
  record Recognized(Path file, Recognition recognition) implements FileResult {}

  /**
   * The result of a file that could not be classified.
   *
   * @param file the file
   * @param reason why, in one sentence
   */
  record Failed(Path file, SerException reason) implements FileResult {}
}
