package ser.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;

class CommonSubexpressionEliminationTests {
  private static final Dim BATCH = Dim.symbol("batch");

  @Test
  void equalNodesAreMerged() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", TensorType.float32(BATCH));
    Value y = g.input("y", TensorType.float32(BATCH));
    g.output("a", g.tanh(g.add(x, y)));
    g.output("b", g.tanh(g.add(x, y)));
    g.output("c", g.tanh(g.add(y, x)));
    Graph smaller = CommonSubexpressionElimination.eliminateCommonSubexpressions(g.build());
    assertThat(smaller.outputs().get("a")).isEqualTo(smaller.outputs().get("b"));
    assertThat(smaller.outputs().get("a")).isNotEqualTo(smaller.outputs().get("c"));
    assertThat(smaller.nodes()).hasSize(6);
  }

  @Test
  void dropoutsAreNeverMerged() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", TensorType.float32(BATCH));
    g.output("y", g.add(g.dropout(x, 0.5), g.dropout(x, 0.5)));
    assertThat(CommonSubexpressionElimination.eliminateCommonSubexpressions(g.build()))
        .isEqualTo(g.build());
  }

  @Test
  void equalConstantsAndRangesAreMerged() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", TensorType.float32(BATCH));
    g.output("a", g.mul(g.add(x, g.range(BATCH)), g.constant(2)));
    g.output("b", g.mul(g.add(x, g.range(BATCH)), g.constant(2)));
    Graph smaller = CommonSubexpressionElimination.eliminateCommonSubexpressions(g.build());
    assertThat(smaller.nodes()).hasSize(5);
  }

  @Test
  void leavesThatNothingReadsStay() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", TensorType.float32(BATCH));
    g.input("unread", TensorType.float32(BATCH));
    g.parameter("idle", Initializer.ones(), 2);
    g.output("y", g.tanh(x));
    assertThat(CommonSubexpressionElimination.eliminateCommonSubexpressions(g.build()))
        .isEqualTo(g.build());
  }
}
