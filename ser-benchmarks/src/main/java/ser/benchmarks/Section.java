package ser.benchmarks;

import java.util.List;

/** A part of the report that can be asked for by name. */
interface Section {
  /** Returns the name in {@code --only}. */
  String name();

  /** Returns a line on the comparison, for the help. */
  String about();

  /**
   * Measures.
   *
   * @throws ser.api.SerException when something that it needs is missing
   */
  List<Table> measure(Bench bench);
}
