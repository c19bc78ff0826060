package ser.cli.output;

import java.io.IOException;
import java.io.PrintWriter;
import ser.api.FileResult;

/** Writes the results of {@code predict}: rows of some format, and a line for each error. */
public final class ResultWriter {
  private final ResultRows rows;
  private final PrintWriter err;
  private int written;
  private final boolean traced;
  private final boolean noted;
  private int failed;
  private int withNotes;

  /**
   * Makes a writer.
   *
   * @param rows where results go
   * @param err where the errors go, too
   * @param traced adds where each error comes from
   * @param noted writes notes there, too
   */
  public ResultWriter(ResultRows rows, PrintWriter err, boolean traced, boolean noted) {
    this.rows = rows;
    this.err = err;
    this.traced = traced;
    this.noted = noted;
  }

  /** {@return the number of results written, errors among them} */
  public int written() {
    return written;
  }

  /** {@return the number of results that are errors} */
  public int failed() {
    return failed;
  }

  /** {@return the number of results that have notes} */
  public int withNotes() {
    return withNotes;
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
      if (traced) {
        failure.reason().printStackTrace(err);
      }
    } else if (result instanceof FileResult.Recognized recognized
        && !recognized.recognition().notes().isEmpty()) {
      withNotes++;
      if (noted) {
        for (String note : recognized.recognition().notes()) {
          err.println("note: " + ControlCharacters.escape(name(result) + ": " + note));
        }
      }
    }
  }

  /** {@return the file and, where one was selected, its channel} */
  static String name(FileResult result) {
    return result.channel().isPresent()
        ? "%s, channel %d".formatted(result.file(), result.channel().getAsInt())
        : result.file().toString();
  }

  /** Returns the reason why a file failed, a sentence. */
  static String reason(FileResult.Failed failed) {
    return String.valueOf(failed.reason().getMessage());
  }
}
