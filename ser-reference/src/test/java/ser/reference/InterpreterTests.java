package ser.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static ser.reference.GraphRun.d;
import static ser.reference.GraphRun.get;

import java.util.Map;
import org.junit.jupiter.api.Test;
import ser.api.BackendException;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphException;
import ser.graph.ir.Op;
import ser.graph.ir.Value;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

class InterpreterTests {
  private final GraphRun c = new GraphRun();

  @Test
  void outputsStandInTheGraphsOrder() {
    c.g.output("z", c.g.constant(1));
    c.g.output("a", c.g.int64(2));
    c.g.output("m", c.g.constant(3));
    Interpreter interpreter = new Interpreter(c.g.build());
    assertThat(interpreter.run(Map.of(), Map.of()).keySet()).containsExactly("z", "a", "m");
    Gradients gradients = interpreter.differentiate("m", Map.of(), Map.of());
    assertThat(gradients.outputs().keySet()).containsExactly("z", "a", "m");
    assertThat(gradients.parameters()).isEmpty();
  }

  @Test
  void nothingIsRoundedToFloat32OnTheWay() {
    Value x = c.parameter(d(0.1), 1);
    assertThat(c.result(c.g.add(x, c.g.constant(0.1))).elements()).containsExactly(0.1 + 0.1f);
  }

  @Test
  void wholeNumbersAreExactUpTo2To53() {
    long most = (1L << 53) - 1;
    DoubleArray result = c.result(c.g.div(c.int64(most, -most), c.g.int64(2)));
    assertThat(result.toTensor(DataType.INT64).longs()).containsExactly(most / 2, -most / 2 - 1);
  }

  @Test
  void namedDimensionsMayDifferFromRunToRun() {
    Dim time = Dim.symbol("time");
    Value x = c.input(Tensor.of(new float[] {5, 6, 7}, 3), time);
    c.g.output("y", c.g.mul(x, c.g.range(time)));
    Interpreter interpreter = new Interpreter(c.g.build());
    assertThat(get(interpreter.run(Map.of(), c.inputs), "y").elements()).containsExactly(0, 6, 14);
    Map<String, Tensor> shorter = Map.of("input0", Tensor.of(new float[] {5, 6}, 2));
    assertThat(get(interpreter.run(Map.of(), shorter), "y").elements()).containsExactly(0, 6);
  }

  @Test
  void theLargestOfNothingIsRefusedWithTheGraph() {
    Value x = c.input(d(), 0, 2);
    assertThatThrownBy(() -> c.result(c.g.reduce(Op.Reduction.MAX, x, 0)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("graph 'calculation'")
        .hasMessageContaining("float32[0, 2]");
  }

  @Test
  void dropoutsPassOnInARunAndAreRefusedInAGradient() {
    c.g.output("y", c.sum(c.g.dropout(c.parameter(d(1, 2), 2), 0.5)));
    Interpreter interpreter = new Interpreter(c.g.build());
    assertThat(get(interpreter.run(c.parameters, Map.of()), "y").elements()).containsExactly(3);
    assertThatThrownBy(() -> interpreter.differentiate("y", c.parameters, Map.of()))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("Backend 'reference' does not know operation Dropout");
  }

  @Test
  void statesAreRefused() {
    c.g.output("y", c.g.state("mean", 0, 2));
    Graph graph = c.g.build();
    assertThatThrownBy(() -> new Interpreter(graph))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("Backend 'reference' does not know operation State[name=mean");
  }

  @Test
  void parametersThatDoNotFitAreRefused() {
    c.g.output("y", c.parameter(d(1, 2), 2));
    Interpreter interpreter = new Interpreter(c.g.build());
    assertThatThrownBy(() -> interpreter.run(Map.of(), Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'parameter0' must be float32[2], found none");
    Map<String, DoubleArray> wrong = Map.of("parameter0", DoubleArray.zeros(1, 2));
    assertThatThrownBy(() -> interpreter.run(wrong, Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("float64[1, 2]");
  }

  @Test
  void inputsThatDoNotFitAreRefused() {
    c.g.output("y", c.input(d(1, 2), 2));
    Interpreter interpreter = new Interpreter(c.g.build());
    assertThatThrownBy(() -> interpreter.run(Map.of(), Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'input0'");
  }

  @Test
  void whatIsNoLossIsRefused() {
    c.g.output("y", c.parameter(d(1, 2), 2));
    c.g.output("count", c.g.int64(2));
    Interpreter interpreter = new Interpreter(c.g.build());
    assertThatThrownBy(() -> interpreter.differentiate("lost", c.parameters, Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'lost'")
        .hasMessageContaining("[y, count]");
    assertThatThrownBy(() -> interpreter.differentiate("y", c.parameters, Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("one element")
        .hasMessageContaining("float32[2]");
    assertThatThrownBy(() -> interpreter.differentiate("count", c.parameters, Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("int64[]");
  }
}
