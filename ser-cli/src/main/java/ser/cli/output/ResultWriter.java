package ser.cli.output;

import java.io.IOException;
import java.io.PrintWriter;
import ser.api.FileResult;

/** Writes the results of {@code predict}: rows of some format, and a line for each error. */
public final class ResultWriter {
  private final ResultRows rows;
  private final PrintWriter err;
  private int written;
  private int failed;

  /**
   * Makes a writer.
   *
   * @param rows where results go
   * @param err where the errors go, too
   */
  public ResultWriter(ResultRows rows, PrintWriter err) {
    this.rows = rows;
    this.err = err;
  }

  /** {@return the number of results written, errors among them} */
  public int written() {
    return written;
  }

  /** {@return the number of results that are errors} */
  public int failed() {
    return failed;
  }

  /**
   * Writes a result.
   *
   * @param result of one file
   * @throws IOException when it cannot be written
   */
  public void write(FileResult result) throws IOException {
    rows.add(result);
    written++;
    if (result instanceof FileResult.Failed failure) {
      failed++;
      err.println("ser: " + ControlCharacters.escape(reason(failure)));
    }
  }

  /** Returns the reason why a file failed, a sentence. */
  static String reason(FileResult.Failed failed) {
    return String.valueOf(failed.reason().getMessage());
  }
}
