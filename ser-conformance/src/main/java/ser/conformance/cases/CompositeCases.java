package ser.conformance.cases;

import java.util.List;
import java.util.stream.Stream;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Value;

/** Operations made of others, which no engine knows. */
public final class CompositeCases {
  private CompositeCases() {}

  /** {@return the cases} */
  public static Stream<Case> all() {
    return Stream.of(
        Case.smooth(
            "composite",
            c ->
                c.g()
                    .composite("of_the_kit", List.of(c.any(2, 3), c.any(3)), CompositeCases::body)),
        Case.smooth(
            "composite of nothing",
            c ->
                c.g()
                    .composite(
                        "of_the_kit", List.of(c.any(0, 3), c.any(3)), CompositeCases::body)));
  }

  /** (a − b)·tanh a. */
  private static Value body(List<Value> operands) {
    GraphBuilder g = operands.get(0).builder();
    Value a = operands.get(0);
    return g.mul(g.sub(a, operands.get(1)), g.tanh(a));
  }
}
