package ser.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;

class LayoutPropagationTests {
  private static final Op.Conv CONV = new Op.Conv(List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
  private static final Op.Pool POOL =
      new Op.Pool(Op.Pooling.MAX, List.of(2, 2), List.of(2, 2), List.of(0, 0));

  private final GraphBuilder g = new GraphBuilder("images");

  private Value image(String name, long channels) {
    return g.input(name, TensorType.float32(2, channels, 8, 8));
  }

  private Value conv(String name, Value x) {
    return g.conv(CONV, x, g.parameter(name, Initializer.ones(), 4, x.dim(1).size(), 3, 3));
  }

  /** What is left when nothing is computed twice or in vain. */
  private List<Op> ops(Value result) {
    g.output("result", result);
    Graph moved =
        CommonSubexpressionElimination.eliminateCommonSubexpressions(
            LayoutPropagation.channelsLast(g.build()));
    assertThat(moved.outputs().values()).extracting(Node::type).containsExactly(result.type());
    return moved.nodes().stream().map(node -> node.op()).toList();
  }

  private static long permutes(List<Op> ops) {
    return ops.stream().filter(op -> op instanceof Op.Transpose).count();
  }

  @Test
  void imagesAreTurnedOnceAndStayTurned() {
    Value mask = g.input("mask", TensorType.float32(2, 1, 8, 1));
    Value gain = g.parameter("gain", Initializer.ones(), 1, 4, 1, 1);
    Value x = g.mul(g.mul(conv("a", image("x", 3)), mask), gain);
    Value mean = g.scale(g.sum(x, 0, 2, 3), 0.1);
    Value y = conv("b", g.relu(g.pool(POOL, g.sub(x, mean))));

    List<Op> ops = ops(g.transpose(y, 0, 2, 3, 1));

    assertThat(permutes(ops)).isEqualTo(1);
    assertThat(ops).noneMatch(op -> op instanceof Op.Conv || op instanceof Op.Pool);
  }

  @Test
  void aSingleChannelIsButAnotherShape() {
    assertThat(permutes(ops(g.transpose(conv("a", image("x", 1)), 0, 2, 3, 1)))).isZero();
  }

  @Test
  void whatIsNotTurnedIsNotTurnedForAnOperation() {
    Value x = conv("a", image("x", 3));

    List<Op> ops = ops(g.add(x, image("other", 4)));

    assertThat(permutes(ops)).isEqualTo(2); // to the convolution and back
  }

  @Test
  void poolingAloneStaysAsItIs() {
    assertThat(ops(g.pool(POOL, image("x", 3)))).contains(POOL);
  }
}
