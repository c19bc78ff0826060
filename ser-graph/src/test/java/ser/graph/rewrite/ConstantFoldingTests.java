package ser.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import ser.api.BackendException;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.GraphException;
import ser.graph.ir.Initializer;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.tensor.Tensor;

class ConstantFoldingTests {
  private static final Tensor TWO = Tensor.of(new float[] {2}, 1);
  private final List<Graph> computed = new ArrayList<>();

  /** Gives 7 for each output. */
  private Map<String, Tensor> compute(Graph graph, Map<String, Tensor> weights) {
    graph.checkParameters(weights);
    computed.add(graph);
    Map<String, Tensor> outputs = new HashMap<>();
    graph.outputs().keySet().forEach(name -> outputs.put(name, Tensor.of(new float[] {7}, 1)));
    return outputs;
  }

  private ConstantFolding.Folded fold(Graph graph, Map<String, Tensor> weights) {
    return ConstantFolding.fold(graph, weights, this::compute);
  }

  /** x · √(w + 1) + v. */
  private static Graph graph() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", TensorType.float32(Dim.symbol("n")));
    g.input("unread", TensorType.float32(1));
    Value w = g.parameter("w", Initializer.ones(), 1);
    Value v = g.parameter("v", Initializer.ones(), 1);
    g.output("y", g.add(g.mul(x, g.sqrt(g.add(w, g.constant(1)))), v));
    return g.build();
  }

  @Test
  void aConstantSubgraphBecomesAParameter() {
    ConstantFolding.Folded folded = fold(graph(), Map.of("w", TWO, "v", TWO));
    assertThat(computed).hasSize(1);
    assertThat(computed.get(0).parameters()).extracting(Op.Parameter::name).containsExactly("w");
    assertThat(computed.get(0).outputs()).hasSize(1);
    String name = computed.get(0).outputs().keySet().iterator().next();
    assertThat(folded.weights()).isEqualTo(Map.of("v", TWO, name, Tensor.of(new float[] {7}, 1)));
    folded.graph().checkParameters(folded.weights());
    assertThat(folded.graph().nodes().stream().map(Node::op)).noneMatch(Op.Unary.class::isInstance);
  }

  @Test
  void nameInputsAndOutputsStay() {
    ConstantFolding.Folded folded = fold(graph(), Map.of("w", TWO, "v", TWO));
    assertThat(folded.graph().name()).isEqualTo("g");
    assertThat(folded.graph().outputs()).containsOnlyKeys("y");
    assertThat(folded.graph().inputs())
        .extracting(node -> ((Op.Input) node.op()).name())
        .containsExactly("x", "unread");
  }

  @Test
  void aConstantOutputBecomesAParameter() {
    GraphBuilder g = new GraphBuilder("g");
    g.output("y", g.square(g.parameter("w", Initializer.ones(), 1)));
    ConstantFolding.Folded folded = fold(g.build(), Map.of("w", TWO));
    assertThat(folded.graph().nodes()).hasSize(1);
    assertThat(folded.graph().outputs()).containsOnlyKeys("y");
  }

  @Test
  void nothingIsEvaluatedWhereNothingIsConstant() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", TensorType.float32(1));
    g.output("y", g.mul(x, g.parameter("w", Initializer.ones(), 1)));
    assertThat(fold(g.build(), Map.of("w", TWO)).graph()).isEqualTo(g.build());
    assertThat(computed).isEmpty();
  }

  @Test
  void namesDoNotCollide() {
    GraphBuilder g = new GraphBuilder("g");
    Value w = g.parameter("folded:2", Initializer.ones(), 1);
    Value x = g.input("x", TensorType.float32(1));
    g.output("y", g.add(g.mul(x, g.square(w)), w));
    ConstantFolding.Folded folded = fold(g.build(), Map.of("folded:2", TWO));
    assertThat(folded.weights()).hasSize(2).containsEntry("folded:2", TWO);
  }

  @Test
  void whatTheEvaluatorRefusesIsNotFolded() {
    Graph graph = graph();
    ConstantFolding.Folded folded =
        ConstantFolding.fold(
            graph,
            Map.of("w", TWO, "v", TWO),
            (g, weights) -> {
              throw new BackendException("too short for a window");
            });
    assertThat(folded.graph()).isEqualTo(graph);
    assertThat(folded.weights()).containsOnlyKeys("w", "v");
  }

  @Test
  void weightsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> fold(graph(), Map.of("w", TWO)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'v'");
  }

  @Test
  void dropoutsStatesAndInputsAreNotConstant() {
    GraphBuilder g = new GraphBuilder("g");
    Value w = g.parameter("w", Initializer.ones(), 1);
    Value state = g.state("s", 0, 1);
    g.update(state, g.tanh(state));
    g.output("dropped", g.dropout(w, 0.5));
    g.output("x", g.square(g.input("x", TensorType.float32(1))));
    assertThat(fold(g.build(), Map.of("w", TWO)).graph()).isEqualTo(g.build());
    assertThat(computed).isEmpty();
  }

  @Test
  void onlyTheRootsOfAConstantSubgraphAreEvaluated() {
    GraphBuilder g = new GraphBuilder("g");
    Value w = g.parameter("w", Initializer.ones(), 1);
    Value inner = g.square(w);
    g.output("y", g.mul(g.input("x", TensorType.float32(1)), g.tanh(g.sqrt(inner))));
    ConstantFolding.Folded folded = fold(g.build(), Map.of("w", TWO));
    assertThat(computed.get(0).outputs()).hasSize(1);
    assertThat(folded.graph().nodes()).hasSize(3);
    assertThat(folded.weights()).hasSize(1);
  }
}
