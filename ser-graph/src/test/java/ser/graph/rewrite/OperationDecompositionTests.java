package ser.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;

/** That results stay is tested in ser-reference, which can run graphs. */
class OperationDecompositionTests {
  private static final Graph GRAPH = graph();

  private static Graph graph() {
    Dim batch = Dim.symbol("batch");
    Dim time = Dim.symbol("time");
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", TensorType.float32(batch, Dim.of(4), time));
    Value lengths = g.input("lengths", TensorType.int64(batch));
    g.output("mask", g.lengthMask(lengths, time));
    Value y = g.conv(Op.Conv.of(1).withGroups(2), x, g.parameter("w", Initializer.ones(), 4, 2, 1));
    y = g.pool(Op.Pool.of(Op.Pooling.MAX, 1), y);
    y = g.unary(Op.UnaryFunction.SILU, g.square(g.transpose(y, 0, 2, 1)));
    Value gain = g.parameter("gain", Initializer.ones(), 4);
    g.output("y", g.layerNorm(y, gain, g.parameter("bias", Initializer.zeros(), 4), 1e-5));
    return g.build();
  }

  @Test
  void operationsThatAreSupportedStay() {
    assertThat(OperationDecomposition.decompose(GRAPH, op -> true)).isEqualTo(GRAPH);
  }

  @Test
  void operationsThatAreNotSupportedBecomeSimplerOnes() {
    Graph decomposed = OperationDecomposition.decompose(GRAPH, op -> false);
    List<Op> ops = decomposed.nodes().stream().map(Node::op).toList();
    assertThat(ops)
        .doesNotHaveAnyElementsOfTypes(Op.LengthMask.class, Op.LayerNorm.class)
        .doesNotContain(new Op.Unary(Op.UnaryFunction.SQUARE), new Op.Unary(Op.UnaryFunction.SILU));
    assertThat(ops.stream().filter(Op.Conv.class::isInstance).map(Op.Conv.class::cast))
        .hasSize(2)
        .allSatisfy(conv -> assertThat(conv.groups()).isEqualTo(1))
        .allSatisfy(conv -> assertThat(conv.strides()).hasSize(2));
    assertThat(ops.stream().filter(Op.Pool.class::isInstance).map(Op.Pool.class::cast))
        .singleElement()
        .satisfies(pool -> assertThat(pool.window()).hasSize(2));
    assertThat(decomposed.outputs()).containsOnlyKeys("mask", "y");
    decomposed
        .outputs()
        .forEach(
            (name, node) ->
                assertThat(GRAPH.outputs().get(name))
                    .satisfies(before -> assertThat(node.type()).isEqualTo(before.type())));
  }
}
