package ser.cli;

import java.io.IOException;
import java.io.PrintWriter;
import ser.api.FileResult;

/** Gives the answers of {@code predict}: rows of some format, and a line for each error. */
final class Answers {
  private final Rows rows;
  private final PrintWriter err;
  private int given;
  private int failed;

  Answers(Rows rows, PrintWriter err) {
    this.rows = rows;
    this.err = err;
  }

  /** How many were given. */
  int given() {
    return given;
  }

  /** How many of them are errors. */
  int failed() {
    return failed;
  }

  void give(FileResult outcome) throws IOException {
    rows.add(outcome);
    given++;
    if (outcome instanceof FileResult.Failed missed) {
      failed++;
      err.println("ser: " + reason(missed));
    }
  }

  /** Why a file failed, in a sentence. */
  static String reason(FileResult.Failed failed) {
    return String.valueOf(failed.reason().getMessage());
  }
}
