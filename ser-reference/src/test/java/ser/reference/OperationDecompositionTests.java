package ser.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static ser.reference.GraphRun.draw;
import static ser.reference.GraphRun.get;

import java.util.Map;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.Op;
import ser.graph.ir.Value;
import ser.graph.rewrite.OperationDecomposition;

/** A graph and its decomposition have the same results and gradients, in float64. */
class OperationDecompositionTests {
  private final GraphRun run = new GraphRun();

  private void requireSameResults(Value value) {
    run.g.output("y", value);
    run.g.output("loss", run.sum(run.g.mul(value, value)));
    Graph graph = run.g.build();
    Graph decomposed = OperationDecomposition.decompose(graph, op -> false);
    assertThat(decomposed).isNotEqualTo(graph);
    Gradients expected = new Interpreter(graph).differentiate("loss", run.parameters, run.inputs);
    Gradients actual =
        new Interpreter(decomposed).differentiate("loss", run.parameters, run.inputs);
    requireClose(actual.outputs(), expected.outputs());
    requireClose(actual.parameters(), expected.parameters());
  }

  private static void requireClose(
      Map<String, DoubleArray> actual, Map<String, DoubleArray> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, array) -> {
          assertThat(get(actual, name).shape()).isEqualTo(array.shape());
          assertThat(get(actual, name).elements()).containsExactly(array.elements(), within(1e-12));
        });
  }

  @Test
  void ofLayerNormalization() {
    // 2^-10 is exact in float32, which a constant is rounded to.
    Value x = run.parameter(draw(1, 12, -1, 1), 3, 4);
    Value gain = run.parameter(draw(2, 4, 0.5, 1.5), 4);
    requireSameResults(run.g.layerNorm(x, gain, run.parameter(draw(3, 4, -1, 1), 4), 0x1p-10));
  }

  @Test
  void ofSquareAndSilu() {
    Value x = run.g.square(run.parameter(draw(4, 6, -2, 2), 6));
    requireSameResults(run.g.unary(Op.UnaryFunction.SILU, x));
  }

  @Test
  void ofALengthMask() {
    Value x = run.parameter(draw(5, 8, -1, 1), 2, 4);
    requireSameResults(run.g.mul(x, run.g.lengthMask(run.int64(3, 1), Dim.of(4))));
  }

  @Test
  void ofAGroupedConvolutionAlongOneAxis() {
    Value x = run.parameter(draw(6, 2 * 4 * 9, -1, 1), 2, 4, 9);
    Value weight = run.parameter(draw(7, 6 * 2 * 3, -1, 1), 6, 2, 3);
    Value bias = run.parameter(draw(8, 6, -1, 1), 6);
    Op.Conv conv = Op.Conv.of(1).withStrides(2).withPadding(1).withGroups(2);
    requireSameResults(run.g.conv(conv, x, weight, bias));
  }

  @Test
  void ofAPoolingAlongOneAxis() {
    Value x = run.parameter(draw(9, 2 * 3 * 8, -1, 1), 2, 3, 8);
    requireSameResults(run.g.pool(Op.Pool.of(Op.Pooling.MAX, 3), x));
  }
}
