package ser.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Dim;
import ser.graph.ir.EveryOperation;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;

class DropoutRemovalTests {
  private static final TensorType CLIPS =
      TensorType.float32(Dim.symbol("batch"), Dim.symbol("time"), Dim.of(8));

  @Test
  void inferenceDropsNothing() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.input("x", CLIPS);
    g.output(
        "y",
        g.composite(
            "c", List.of(g.dropout(x, 0.5)), o -> o.get(0).builder().dropout(o.get(0), 0.3)));
    GraphBuilder expected = new GraphBuilder("g");
    expected.output("y", expected.input("x", CLIPS));
    assertThat(DropoutRemoval.removeDropouts(g.build())).isEqualTo(expected.build());
  }

  @Test
  void compositesWithoutDropoutsStay() {
    GraphBuilder g = new GraphBuilder("g");
    Value x = g.dropout(g.input("x", CLIPS), 0.5);
    g.output("y", g.composite("native", List.of(x), o -> o.get(0).builder().tanh(o.get(0))));
    Graph removed = DropoutRemoval.removeDropouts(g.build());
    assertThat(EveryOperation.operations(removed)).containsExactly("Composite", "Input", "Unary");
  }

  @Test
  void aGraphWithoutDropoutsStaysAsItIs() {
    Graph graph = DropoutRemoval.removeDropouts(EveryOperation.graph());
    assertThat(EveryOperation.operations(graph)).doesNotContain("Dropout");
    assertThat(DropoutRemoval.removeDropouts(graph)).isEqualTo(graph);
  }
}
