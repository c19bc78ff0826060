package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** Rules 10 of inference: every native array has an owner that frees it. */
@Tag("resources")
abstract class ResourceRules extends Area {
  private final Graph graph = LinearFixture.graph();

  private Map<String, Tensor> weights() {
    return Tensors.weights(graph, seed());
  }

  @Rule("10.1")
  @Test
  void twoHundredRunsLeaveNothingBehind() {
    try (InferenceFunction function = backend().compile(graph, weights())) {
      function.run(LinearFixture.input(seed(), 2, 5));
      long before = backend().liveArrays();
      for (int run = 0; run < 200; run++) {
        function.run(LinearFixture.input(seed(), 2, 1 + run % 7));
      }
      assertThat(backend().liveArrays()).as("live arrays").isEqualTo(before);
    }
  }

  @Rule("10.2")
  @Test
  void aClosedFunctionTakesItsShareAway() {
    assertThat(backend().liveArrays()).as("live arrays of a new backend").isZero();
    try (InferenceFunction stays = backend().compile(graph, weights())) {
      stays.run(LinearFixture.input(seed(), 2, 5));
      long before = backend().liveArrays();
      for (int round = 0; round < 20; round++) {
        try (InferenceFunction function = backend().compile(graph, weights())) {
          function.run(LinearFixture.input(seed(), 2, 5));
        }
        assertThat(backend().liveArrays()).as("live arrays, round %d", round).isEqualTo(before);
      }
    }
    assertThat(backend().liveArrays()).as("live arrays when all is closed").isZero();
  }

  @Rule("10.3")
  @Test
  void aClosedBackendHoldsNothing() {
    Backend own = open();
    InferenceFunction function = own.compile(graph, weights());
    function.run(LinearFixture.input(seed(), 2, 5));
    own.close();
    assertThat(own.liveArrays()).as("live arrays").isZero();
  }

  @Rule("10.4")
  @Test
  void closingTwiceDoesNothing() {
    Backend own = open();
    InferenceFunction function = own.compile(graph, weights());
    InferenceFunction other = own.compile(graph, weights());
    Map<String, Tensor> inputs = LinearFixture.input(seed(), 2, 5);
    Map<String, Tensor> answer = other.run(inputs);
    assertThatCode(
            () -> {
              function.close();
              function.close();
            })
        .as("a function")
        .doesNotThrowAnyException();
    assertThat(other.run(inputs)).as("the function beside it").isEqualTo(answer);
    assertThatCode(
            () -> {
              own.close();
              own.close();
              other.close();
              function.close();
            })
        .as("a backend, and its functions after it")
        .doesNotThrowAnyException();
    assertThat(own.liveArrays()).as("live arrays").isZero();
  }
}
