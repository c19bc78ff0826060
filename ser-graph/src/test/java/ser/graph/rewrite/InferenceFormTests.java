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

class InferenceFormTests {
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

  private InferenceForm form(Graph graph, Map<String, Tensor> weights) {
    return InferenceForm.of(graph, weights, this::compute);
  }

  /** x · √(w + 1) + v, with a dropout. */
  private static Graph graph() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.dropout(g.input("x", TensorType.float32(Dim.symbol("n"))), 0.5);
    g.input("unread", TensorType.float32(1));
    Value w = g.parameter("w", Initializer.ones(), 1);
    Value v = g.parameter("v", Initializer.ones(), 1);
    g.output("y", g.add(g.mul(x, g.sqrt(g.add(w, g.constant(1)))), v));
    return g.build();
  }

  @Test
  void whatDependsOnWeightsAloneIsComputedOnce() {
    InferenceForm form = form(graph(), Map.of("w", TWO, "v", TWO));
    assertThat(computed).hasSize(1);
    assertThat(computed.get(0).parameters()).extracting(Op.Parameter::name).containsExactly("w");
    assertThat(computed.get(0).outputs()).hasSize(1);
    String name = computed.get(0).outputs().keySet().iterator().next();
    assertThat(form.weights()).isEqualTo(Map.of("v", TWO, name, Tensor.of(new float[] {7}, 1)));
    form.graph().checkParameters(form.weights());
    assertThat(form.graph().nodes().stream().map(Node::op))
        .noneMatch(op -> op instanceof Op.Unary || op instanceof Op.Dropout);
  }

  @Test
  void nameInputsAndOutputsStay() {
    InferenceForm form = form(graph(), Map.of("w", TWO, "v", TWO));
    assertThat(form.graph().name()).isEqualTo("g");
    assertThat(form.graph().outputs()).containsOnlyKeys("y");
    assertThat(form.graph().inputs())
        .extracting(node -> ((Op.Input) node.op()).name())
        .containsExactly("x", "unread");
  }

  @Test
  void anOutputOfWeightsAloneBecomesAParameter() {
    GraphBuilder g = new GraphBuilder("g");
    g.output("y", g.square(g.parameter("w", Initializer.ones(), 1)));
    InferenceForm form = form(g.build(), Map.of("w", TWO));
    assertThat(form.graph().nodes()).hasSize(1);
    assertThat(form.graph().outputs()).containsOnlyKeys("y");
  }

  @Test
  void nothingIsRunWhereNothingCanBeComputed() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", TensorType.float32(1));
    g.output("y", g.mul(x, g.parameter("w", Initializer.ones(), 1)));
    assertThat(form(g.build(), Map.of("w", TWO)).graph()).isEqualTo(g.build());
    assertThat(computed).isEmpty();
  }

  @Test
  void namesDoNotCollide() {
    GraphBuilder g = new GraphBuilder("g");
    Value w = g.parameter("computed:2", Initializer.ones(), 1);
    Value x = g.input("x", TensorType.float32(1));
    g.output("y", g.add(g.mul(x, g.square(w)), w));
    InferenceForm form = form(g.build(), Map.of("computed:2", TWO));
    assertThat(form.weights()).hasSize(2).containsEntry("computed:2", TWO);
  }

  @Test
  void whatTheBackendRefusesIsLeftToTheRun() {
    Graph graph = graph();
    InferenceForm form =
        InferenceForm.of(
            graph,
            Map.of("w", TWO, "v", TWO),
            (g, weights) -> {
              throw new BackendException("too short for a window");
            });
    assertThat(form.graph()).isEqualTo(TrainingForm.withoutDropouts(graph));
    assertThat(form.weights()).containsOnlyKeys("w", "v");
  }

  @Test
  void weightsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> form(graph(), Map.of("w", TWO)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'v'");
  }
}
