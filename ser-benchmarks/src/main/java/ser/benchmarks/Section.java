package ser.benchmarks;

import java.util.List;

/** A part of the report that can be asked for by name. */
interface Section {
  /** What {@code --only} calls it. */
  String name();

  /** What it compares, for the help. */
  String about();

  /**
   * Measures.
   *
   * @throws ser.api.SerException when something that it needs is missing
   */
  List<Table> measure(Bench bench);
}
