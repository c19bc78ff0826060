package ser.cli;

import java.io.IOException;
import ser.api.FileResult;

/** Writes outcomes one by one, in some format. */
interface Rows {
  /** Writes an outcome; text is at once where it goes, for a reader or against an interruption. */
  void add(FileResult outcome) throws IOException;

  /** Writes what stands at the end of the format. */
  void finish() throws IOException;
}
