package ser.api.recognition;

import java.nio.file.Path;
import ser.api.SerException;

/** What became of one file of several. */
public sealed interface Outcome {
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
  record Recognized(Path file, Recognition recognition) implements Outcome {}

  /**
   * The file could not be classified.
   *
   * @param file the file
   * @param reason why, in one sentence
   */
  record Failed(Path file, SerException reason) implements Outcome {}
}
