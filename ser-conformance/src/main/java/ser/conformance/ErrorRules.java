package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static ser.conformance.RejectedCalls.assertRefused;

import java.util.LinkedHashMap;
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
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/** Rules 11 of inference: calls are refused with a message of one line and leave nothing behind. */
@Tag("errors")
abstract class ErrorRules extends Area {
  static Stream<InvalidInputs.TooShort> shorts() {
    return InvalidInputs.shorts();
  }

  @Rule("11.1")
  @Test
  void weightsThatDoNotFitAreRefused() {
    Graph graph = InvalidInputs.pair();
    Map<String, Tensor> right = graph.initialParameters(1);
    Map<String, Tensor> missing = new LinkedHashMap<>(right);
    missing.remove("b");
    assertWeightsRefused(graph, missing, "'b'", "missing");
    Tensor tensor = Tensor.zeros(DataType.FLOAT32, 2);
    assertWeightsRefused(graph, with(right, "extra", tensor), "extra", "'pair'");
    assertWeightsRefused(graph, with(right, "w", tensor), "'w'", "float32[3, 2]", "float32[2]");
    assertWeightsRefused(
        graph, with(right, "b", Tensor.zeros(DataType.INT64, 2)), "'b'", "int64[2]");
    try (InferenceFunction function = backend().compile(graph, right)) {
      assertThat(function.run(InvalidInputs.right())).containsKey(InvalidInputs.LOSS);
    }
  }

  private static Map<String, Tensor> with(Map<String, Tensor> right, String name, Tensor tensor) {
    Map<String, Tensor> weights = new LinkedHashMap<>(right);
    weights.put(name, tensor);
    return weights;
  }

  private void assertWeightsRefused(Graph graph, Map<String, Tensor> weights, String... named) {
    assertRefused(
        backend(), GraphException.class, () -> backend().compile(graph, weights).close(), named);
  }

  @Rule("11.2")
  @Test
  void inputsThatDoNotFitAreRefused() {
    Graph graph = InvalidInputs.pair();
    try (InferenceFunction function = backend().compile(graph, graph.initialParameters(1))) {
      InvalidInputs.assertInputsRefused(backend(), function::run);
      assertThat(function.run(InvalidInputs.right())).containsKey(InvalidInputs.LOSS);
    }
    Graph unbound = InvalidInputs.unbound();
    assertRefused(
        backend(),
        GraphException.class,
        () -> {
          try (InferenceFunction function =
              backend().compile(unbound, unbound.initialParameters(1))) {
            function.run(Map.of());
          }
        },
        "'nowhere'");
  }

  @Rule("11.3")
  @ParameterizedTest
  @MethodSource("shorts")
  void inputsShorterThanAWindowAreRefused(InvalidInputs.TooShort mistake) {
    Graph graph = mistake.graph();
    try (InferenceFunction function = backend().compile(graph, graph.initialParameters(1))) {
      InvalidInputs.assertShortRefused(backend(), mistake, function::run);
    }
  }

  @Rule("11.4")
  @Test
  void statesAreNotKnown() {
    Graph graph = InvalidInputs.stateful();
    assertRefused(
        backend(),
        BackendException.class,
        () -> backend().compile(graph, graph.initialParameters(1)).close(),
        "'%s'".formatted(backend().name()),
        "does not know",
        "State");
  }

  @Rule("11.5")
  @Test
  void aClosedFunctionRefuses() {
    Graph graph = LinearFixture.graph();
    InferenceFunction function = backend().compile(graph, graph.initialParameters(1));
    function.run(LinearFixture.input(seed(), 1, 1));
    function.close();
    assertRefused(
        backend(),
        BackendException.class,
        () -> function.run(LinearFixture.input(seed(), 1, 1)),
        "'layer'",
        "closed");
  }

  @Rule("11.6")
  @Test
  void aClosedBackendRefusesAndSoDoesAllItMade() {
    Graph graph = LinearFixture.graph();
    Backend own = open();
    InferenceFunction function = own.compile(graph, graph.initialParameters(1));
    own.close();
    assertRefused(
        own,
        BackendException.class,
        () -> own.compile(graph, graph.initialParameters(1)),
        "'%s'".formatted(own.name()),
        "closed");
    assertRefused(
        own,
        BackendException.class,
        () -> function.run(LinearFixture.input(seed(), 1, 1)),
        "'layer'",
        "closed");
  }
}
