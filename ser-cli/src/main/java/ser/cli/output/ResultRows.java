package ser.cli.output;

import java.io.IOException;
import ser.api.FileResult;

/** Writes results one by one, in some format. */
public interface ResultRows {
  /**
   * Writes a result. Text is flushed, so that an interruption loses none.
   *
   * @param result of one file
   * @throws IOException when it cannot be written
   */
  void add(FileResult result) throws IOException;

  /**
   * Writes the end of the format.
   *
   * @throws IOException when it cannot be written
   */
  void finish() throws IOException;
}
