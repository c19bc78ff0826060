package ser.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import ser.graph.ir.EveryOperation;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.GraphException;
import ser.graph.ir.Initializer;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.tensor.DataType;

class GradientReachTests {
  private final GraphBuilder g = new GraphBuilder("g");
  private final Value w = g.parameter("w", Initializer.ones(), 2);
  private final Value v = g.parameter("v", Initializer.ones(), 2);
  private final Value x = g.input("x", TensorType.float32(2));

  private List<String> reached(Value y) {
    g.output("y", y);
    return List.copyOf(GradientReach.parametersReachedFrom(g.build(), "y"));
  }

  @Test
  void aGradientReachesEveryParameterThatTheOutputDependsOn() {
    assertThat(reached(g.mul(g.tanh(g.add(x, v)), w))).containsExactly("w", "v");
  }

  @Test
  void comparisonsAndConversionsStopGradients() {
    Value compared = g.compare(Op.Comparison.LESS, w, x);
    Value converted = g.cast(g.cast(w, DataType.INT64), DataType.FLOAT32);
    assertThat(reached(g.add(g.add(compared, converted), v))).containsExactly("v");
  }

  @Test
  void aChoiceIsDifferentiableByItsBranchesAlone() {
    assertThat(reached(g.where(w, v, x))).containsExactly("v");
  }

  @Test
  void anOutputOfInputsReachesNothing() {
    assertThat(reached(g.square(x))).isEmpty();
  }

  @Test
  void compositesAreDifferentiableByTheOperandsThatTheirBodiesAre() {
    Value chosen =
        g.composite(
            "choice",
            List.of(w, v, x),
            o -> o.get(0).builder().where(o.get(0), o.get(1), o.get(2)));
    g.output("chosen", chosen);
    Graph graph = g.build();
    Node node = graph.nodes().get(chosen.id());
    assertThat(GradientReach.isDifferentiable(node.op(), 0)).isFalse();
    assertThat(GradientReach.isDifferentiable(node.op(), 1)).isTrue();
    assertThat(GradientReach.isDifferentiable(node.op(), 2)).isTrue();
    GradientReach reach = GradientReach.of(graph);
    assertThat(reach.reachesParameter(node)).isTrue();
    assertThat(reach.reachesParameter(node, 0)).as("stops at the condition").isFalse();
    assertThat(reach.reachesParameter(node, 1)).isTrue();
    assertThat(reach.reachesParameter(node, 2)).as("an input behind it").isFalse();
  }

  @Test
  void onlyFloat32OperandsAreDifferentiable() {
    for (Node node : EveryOperation.graph().nodes()) {
      for (int i = 0; i < node.operands().size(); i++) {
        Node operand = EveryOperation.graph().nodes().get(node.operands().get(i));
        boolean float32 = operand.type().dataType() == DataType.FLOAT32;
        boolean stops =
            node.op() instanceof Op.Compare || (node.op() instanceof Op.Where && i == 0);
        if (!(node.op() instanceof Op.Binary)) {
          assertThat(GradientReach.isDifferentiable(node.op(), i))
              .as("%s by operand %d", node.op(), i)
              .isEqualTo(float32 && !stops && !(node.op() instanceof Op.Cast));
        }
      }
    }
  }

  @Test
  void anUnknownOutputIsRefused() {
    g.output("y", x);
    assertThatThrownBy(() -> GradientReach.parametersReachedFrom(g.build(), "loss"))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'loss'");
  }
}
