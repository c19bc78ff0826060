package ser.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.rewrite.FusionPlan.Pattern;

class FusionPlanTests {
  private static final Set<Pattern> ALL = EnumSet.allOf(Pattern.class);
  private static final TensorType IMAGES =
      TensorType.float32(Dim.symbol("batch"), Dim.of(3), Dim.symbol("time"), Dim.of(4));

  private final GraphBuilder g = new GraphBuilder("fusion");
  private final Value x = g.input("x", IMAGES);

  private Value perChannel(String name) {
    return g.parameter(name, Initializer.ones(), 1, 3, 1, 1);
  }

  /** The patterns found, in the order of the nodes that they end in. */
  private static List<Pattern> found(Graph graph, Set<Pattern> patterns) {
    FusionPlan plan = FusionPlan.of(graph, patterns);
    return graph.nodes().stream().flatMap(node -> plan.patternAt(node).stream()).toList();
  }

  private static List<Op> fused(Graph graph) {
    FusionPlan plan = FusionPlan.of(graph, ALL);
    return graph.nodes().stream().filter(plan::isFused).map(Node::op).toList();
  }

  @Test
  void aSumFusesTheSquareItReads() {
    g.output("y", g.sum(g.square(x), 0, 2));
    Graph graph = g.build();
    assertThat(found(graph, ALL)).containsExactly(Pattern.SUM_OF_SQUARES);
    assertThat(fused(graph)).containsExactly(new Op.Unary(Op.UnaryFunction.SQUARE));
  }

  @Test
  void aMeanOfSquaresAndASumOfAnotherFunctionAreNotFused() {
    g.output("mean", g.reduce(Op.Reduction.MEAN, g.square(x), 0));
    g.output("sum", g.sum(g.tanh(x), 0));
    assertThat(found(g.build(), ALL)).isEmpty();
  }

  @Test
  void anOffsetFusesTheFactorBeforeIt() {
    g.output("y", g.add(g.mul(x, perChannel("factor")), perChannel("offset")));
    Graph graph = g.build();
    assertThat(found(graph, ALL)).containsExactly(Pattern.CHANNEL_AFFINE);
    assertThat(fused(graph)).containsExactly(new Op.Binary(Op.BinaryFunction.MUL));
  }

  @Test
  void aFactorForEachElementIsNotFused() {
    Value wide = g.parameter("wide", Initializer.ones(), 1, 3, 1, 4);
    g.output("y", g.add(g.mul(x, wide), perChannel("offset")));
    g.output("z", g.add(g.mul(x, perChannel("factor")), wide));
    g.output("swapped", g.add(g.mul(perChannel("first"), x), perChannel("last")));
    assertThat(found(g.build(), ALL)).isEmpty();
  }

  @Test
  void valuesThatAreReadAgainAreNotFused() {
    Value square = g.square(x);
    Value product = g.mul(x, perChannel("factor"));
    g.output("sum", g.sum(square, 0));
    g.output("affine", g.add(product, perChannel("offset")));
    g.output("square", square); // an output is read by the caller
    g.output("again", g.tanh(product));
    assertThat(found(g.build(), ALL)).isEmpty();
  }

  @Test
  void onlyThePatternsAskedForAreFound() {
    Value affine = g.add(g.mul(x, perChannel("factor")), perChannel("offset"));
    g.output("y", g.sum(g.square(affine), 0));
    Graph graph = g.build();
    assertThat(found(graph, ALL)).containsExactly(Pattern.CHANNEL_AFFINE, Pattern.SUM_OF_SQUARES);
    assertThat(found(graph, Set.of(Pattern.SUM_OF_SQUARES)))
        .containsExactly(Pattern.SUM_OF_SQUARES);
    assertThat(found(graph, Set.of())).isEmpty();
  }

  /** A node is either the end of a pattern or fused, never both, so each is emitted once. */
  @Test
  void patternsDoNotOverlap() {
    Value first = g.add(g.mul(x, perChannel("f1")), perChannel("o1"));
    Value second = g.add(g.mul(first, perChannel("f2")), perChannel("o2"));
    g.output("y", g.sum(g.square(second), 0));
    Graph graph = g.build();
    FusionPlan plan = FusionPlan.of(graph, ALL);
    assertThat(found(graph, ALL)).hasSize(3);
    assertThat(fused(graph)).hasSize(3);
    assertThat(graph.nodes())
        .noneMatch(node -> plan.isFused(node) && plan.patternAt(node).isPresent());
  }
}
