package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static ser.conformance.RejectedCalls.assertRefused;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ser.api.BackendException;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphException;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.tensor.Tensor;

/** Rules 11 of training. */
@Tag("errors")
abstract class ErrorGradientRules extends Area {
  static Stream<InvalidInputs.TooShort> shorts() {
    return InvalidInputs.shorts();
  }

  private static void evaluate(GradientFunction function, Graph graph, Map<String, Tensor> inputs) {
    Evaluation.of(function, graph, graph.initialParameters(1), inputs);
  }

  @Rule("11.7")
  @Test
  void inputsThatDoNotFitAreRefusedInTraining() {
    Graph graph = InvalidInputs.pair();
    try (GradientFunction function = backend().differentiate(graph, InvalidInputs.LOSS)) {
      InvalidInputs.assertInputsRefused(backend(), inputs -> evaluate(function, graph, inputs));
      evaluate(function, graph, InvalidInputs.right());
    }
    Graph unbound = InvalidInputs.unbound();
    assertRefused(
        backend(),
        GraphException.class,
        () ->
            Evaluation.of(
                backend(), unbound, InvalidInputs.LOSS, unbound.initialParameters(1), Map.of()),
        "'nowhere'");
  }

  @Rule("11.8")
  @ParameterizedTest
  @MethodSource("shorts")
  void inputsShorterThanAWindowAreRefusedInTraining(InvalidInputs.TooShort mistake) {
    Graph graph = mistake.graph();
    try (GradientFunction function = backend().differentiate(graph, InvalidInputs.LOSS)) {
      InvalidInputs.assertShortRefused(
          backend(), mistake, inputs -> evaluate(function, graph, inputs));
    }
  }

  @Rule("11.9")
  @Test
  void anUnknownLossIsRefusedWithTheOutputsThereAre() {
    assertRefused(
        backend(),
        GraphException.class,
        () -> backend().differentiate(LinearFixture.graph(), "lost").close(),
        "'lost'",
        "y",
        "loss");
  }

  @Rule("11.10")
  @Test
  void dropoutsAndStatesAreNotKnownInTraining() {
    for (Graph graph : new Graph[] {InvalidInputs.dropping(false), InvalidInputs.dropping(true)}) {
      assertNotKnown(graph, "Dropout");
    }
    assertNotKnown(InvalidInputs.stateful(), "State");
  }

  private void assertNotKnown(Graph graph, String op) {
    assertRefused(
        backend(),
        BackendException.class,
        () -> backend().differentiate(graph, InvalidInputs.LOSS).close(),
        "'%s'".formatted(backend().name()),
        "does not know",
        op);
  }

  @Rule("11.11")
  @Test
  void aClosedGradientFunctionRefuses() {
    Graph graph = LinearFixture.graph();
    GradientFunction function = backend().differentiate(graph, LinearFixture.LOSS);
    evaluate(function, graph, LinearFixture.input(seed(), 1, 1));
    function.close();
    assertRefused(
        backend(),
        BackendException.class,
        () -> evaluate(function, graph, LinearFixture.input(seed(), 1, 1)),
        "'layer'",
        "closed");
  }

  @Rule("11.12")
  @Test
  void aClosedBackendsGradientFunctionsRefuse() {
    Graph graph = LinearFixture.graph();
    Backend own = open();
    GradientFunction function = own.differentiate(graph, LinearFixture.LOSS);
    own.close();
    assertRefused(
        own,
        BackendException.class,
        () -> own.differentiate(graph, LinearFixture.LOSS),
        "'%s'".formatted(own.name()),
        "closed");
    assertRefused(
        own,
        BackendException.class,
        () -> evaluate(function, graph, LinearFixture.input(seed(), 1, 1)),
        "'layer'",
        "closed");
    assertThat(own.liveArrays()).isZero();
  }
}
