package ser.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;

class ColumnConvolutionTests {
  private static final Op.Conv COLUMNS =
      new Op.Conv(List.of(1, 1), List.of(2, 0), List.of(1, 1), 1);

  private static Optional<ColumnConvolution> match(Op.Conv conv, long... kernel) {
    GraphBuilder g = new GraphBuilder("columns");
    Value x =
        g.input(
            "x",
            TensorType.float32(Dim.symbol("b"), Dim.of(kernel[1]), Dim.symbol("t"), Dim.of(9)));
    g.output("y", g.conv(conv, x, g.parameter("kernel", Initializer.ones(), kernel)));
    Graph graph = g.build();
    return graph.outputs().values().stream()
        .flatMap(node -> ColumnConvolution.match(graph, node).stream())
        .findFirst();
  }

  @Test
  void oneChannelAlongColumnsIsAColumnConvolution() {
    assertThat(match(COLUMNS, 1, 1, 5, 1)).contains(new ColumnConvolution(5, 2));
  }

  @Test
  void severalChannelsOrAWiderKernelAreNot() {
    assertThat(match(COLUMNS, 2, 1, 5, 1)).isEmpty();
    assertThat(match(COLUMNS, 1, 2, 5, 1)).isEmpty();
    assertThat(match(COLUMNS, 1, 1, 5, 3)).isEmpty();
  }

  @Test
  void stridesDilationAndPaddingOfRowsAreNot() {
    List<Integer> ones = List.of(1, 1);
    assertThat(match(new Op.Conv(List.of(2, 1), List.of(2, 0), ones, 1), 1, 1, 5, 1)).isEmpty();
    assertThat(match(new Op.Conv(ones, List.of(2, 0), List.of(2, 1), 1), 1, 1, 5, 1)).isEmpty();
    assertThat(match(new Op.Conv(ones, List.of(2, 1), ones, 1), 1, 1, 5, 1)).isEmpty();
  }

  @Test
  void otherOperationsAreNot() {
    GraphBuilder g = new GraphBuilder("other");
    g.output("y", g.relu(g.input("x", TensorType.float32(2))));
    Graph graph = g.build();
    assertThat(graph.nodes()).allMatch(node -> ColumnConvolution.match(graph, node).isEmpty());
  }
}
