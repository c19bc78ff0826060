package ser.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Dim;
import ser.graph.ir.EveryOperation;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.GraphException;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;

class DecompositionTests {
  private static final Dim BATCH = Dim.symbol("batch");

  @Test
  void decompositionLeavesOnlyTheCompositesKept() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", TensorType.float32(BATCH));
    g.output("y", g.composite("outer", List.of(x), DecompositionTests::fourTimes));
    Graph graph = g.build();

    Graph primitive = Decomposition.decompose(graph);
    assertThat(EveryOperation.operations(primitive)).containsExactly("Binary", "Input");

    Graph kept = Decomposition.decompose(graph, composite -> composite.name().equals("twice"));
    assertThat(kept.nodes().stream().filter(node -> node.op() instanceof Op.Composite))
        .hasSize(2)
        .allSatisfy(node -> assertThat(((Op.Composite) node.op()).name()).isEqualTo("twice"));
    assertThat(Decomposition.decompose(graph, composite -> true)).isEqualTo(graph);
  }

  private static Value fourTimes(List<Value> operands) {
    GraphBuilder g = operands.get(0).builder();
    Value twice = g.composite("twice", operands, o -> o.get(0).builder().add(o.get(0), o.get(0)));
    return g.composite("twice", List.of(twice), o -> o.get(0).builder().add(o.get(0), o.get(0)));
  }

  @Test
  void decompositionKeepsOperandsInPlaceWhenTheBodyIgnoresOne() {
    GraphBuilder g = new GraphBuilder("g");
    Value a = g.input("a", TensorType.float32(BATCH));
    Value b = g.input("b", TensorType.float32(BATCH));
    Value c = g.input("c", TensorType.float32(BATCH));
    g.output(
        "y",
        g.composite(
            "difference", List.of(a, b, c), o -> o.get(0).builder().sub(o.get(0), o.get(2))));
    Graph primitive = Decomposition.decompose(g.build());

    GraphBuilder expected = new GraphBuilder("g");
    Value first = expected.input("a", TensorType.float32(BATCH));
    expected.input("b", TensorType.float32(BATCH));
    Value third = expected.input("c", TensorType.float32(BATCH));
    expected.output("y", expected.sub(first, third));
    assertThat(primitive).isEqualTo(expected.build());
  }

  @Test
  void aGraphIsInlinedOnlyOnOperandsOfItsInputsTypes() {
    GraphBuilder body = new GraphBuilder("body");
    body.output("y", body.tanh(body.input("x", TensorType.float32(3))));
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", TensorType.float32(2));
    assertThatThrownBy(() -> g.inline(body.build(), List.of(x)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("body expects [float32[3]], found [float32[2]]");
  }
}
