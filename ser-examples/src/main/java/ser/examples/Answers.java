package ser.examples;

import java.io.IOException;
import java.io.PrintWriter;
import ser.api.recognition.Outcome;

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

  void give(Outcome outcome) throws IOException {
    rows.add(outcome);
    given++;
    if (outcome instanceof Outcome.Failed missed) {
      failed++;
      err.println("ser: " + reason(missed));
    }
  }

  /** Why a file failed, in a sentence. */
  static String reason(Outcome.Failed failed) {
    return String.valueOf(failed.reason().getMessage());
  }
}
