package ser.conformance.cases;

import java.util.List;
import java.util.stream.Stream;
import ser.graph.ir.Value;

/** Dropout, which inference passes over. */
public final class InferenceOnlyCases {
  private InferenceOnlyCases() {}

  /** {@return the cases} */
  public static Stream<Case> all() {
    return Stream.of(
            Case.value("dropout", c -> c.g().dropout(c.any(2, 3), 0.9)),
            Case.value("dropout with shared axes", c -> c.g().dropout(c.any(2, 3), 0.5, 1)),
            Case.value("dropout of nothing", c -> c.g().dropout(c.any(0, 3), 0.5)),
            Case.value(
                "dropout inside a composite",
                c -> c.g().composite("noisy", List.of(c.any(2, 3)), InferenceOnlyCases::dropped)))
        .map(Case::exactly);
  }

  private static Value dropped(List<Value> operands) {
    return operands.get(0).builder().dropout(operands.get(0), 0.5);
  }
}
