package ser.conformance;

import java.util.List;
import java.util.stream.Stream;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.ScaledDotProductAttention;
import ser.graph.ir.Value;

/** Graphs with composites: those that engines may know, and those that none can. */
final class CompositeFixture {
  private CompositeFixture() {}

  /**
   * A fused attention to be tested.
   *
   * @param name what is particular about it
   * @param queries shape of the queries
   * @param keys shape of the keys
   * @param values shape of the values
   * @param bias shape of what is added to the scores; empty when nothing is
   */
  record Fused(
      String name, List<Long> queries, List<Long> keys, List<Long> values, List<Long> bias) {
    /** Its operands as parameters, so that gradients by all of them can be asked for. */
    Graph graph() {
      GraphBuilder g = new GraphBuilder("attention " + name);
      Initializer drawn = new Initializer.Uniform(1.5);
      Value q = g.parameter("queries", drawn, array(queries));
      Value k = g.parameter("keys", drawn, array(keys));
      Value v = g.parameter("values", drawn, array(values));
      Value result =
          bias.isEmpty()
              ? attention(List.of(q, k, v))
              : attention(List.of(q, k, v, g.parameter("bias", drawn, array(bias))));
      return completed(g, result);
    }

    private static long[] array(List<Long> shape) {
      return shape.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A graph that ends in a result, and in a loss that weighs its elements. */
  static Graph completed(GraphBuilder g, Value result) {
    g.output("result", result);
    int[] axes = new int[result.type().rank()];
    for (int axis = 0; axis < axes.length; axis++) {
      axes[axis] = axis;
    }
    Value positions =
        g.reshape(g.add(g.range(result.dim(-1)), g.constant(1)), Dim.of(1), result.dim(-1));
    g.output(AttentionFixture.LOSS, g.sum(g.mul(g.square(result), g.scale(positions, 0.3)), axes));
    return g.build();
  }

  private static Value attention(List<Value> operands) {
    return ScaledDotProductAttention.attend(ScaledDotProductAttention.Operands.of(operands));
  }

  static Stream<Fused> fused() {
    List<Long> x = List.of(2L, 3L, 5L, 4L);
    List<Long> none = List.of();
    return Stream.of(
        new Fused("without bias", x, x, x, none),
        new Fused("with a bias for all", x, x, x, List.of(2L, 3L, 5L, 5L)),
        new Fused("with a bias for each key", x, x, x, List.of(2L, 1L, 1L, 5L)),
        new Fused("with a bias for each head", x, x, x, List.of(1L, 3L, 5L, 5L)),
        new Fused("with a bias for each query", x, x, x, List.of(2L, 3L, 5L, 1L)),
        new Fused("with one bias", x, x, x, List.of(1L, 1L, 1L, 1L)),
        new Fused("with a bias of two axes", x, x, x, List.of(5L, 5L)),
        new Fused("of few queries", List.of(2L, 3L, 2L, 4L), x, x, List.of(2L, 1L, 2L, 5L)),
        new Fused("of values of another width", x, x, List.of(2L, 3L, 5L, 7L), none),
        new Fused(
            "of one step",
            List.of(1L, 1L, 1L, 3L),
            List.of(1L, 1L, 1L, 3L),
            List.of(1L, 1L, 1L, 3L),
            List.of(1L, 1L, 1L, 1L)),
        new Fused(
            "of many steps",
            List.of(1L, 1L, 40L, 4L),
            List.of(1L, 1L, 40L, 4L),
            List.of(1L, 1L, 40L, 4L),
            List.of(1L, 1L, 1L, 40L)),
        new Fused(
            "of no clips",
            List.of(0L, 2L, 3L, 4L),
            List.of(0L, 2L, 3L, 4L),
            List.of(0L, 2L, 3L, 4L),
            List.of(0L, 1L, 1L, 3L)));
  }

  /** A composite of a name that no engine knows, with another inside, and attention inside that. */
  static Graph nested() {
    GraphBuilder g = new GraphBuilder("nested composites");
    Initializer drawn = new Initializer.Uniform(1.5);
    Value x = g.parameter("x", drawn, 1, 2, 3, 4);
    Value y = g.parameter("y", drawn, 1, 2, 3, 4);
    return completed(g, g.composite("of_the_kit", List.of(x, y), CompositeFixture::outer));
  }

  private static Value outer(List<Value> operands) {
    GraphBuilder g = operands.get(0).builder();
    Value inner =
        g.composite(
            "of_the_kit_inside",
            List.of(operands.get(1), operands.get(0)),
            o -> {
              GraphBuilder deeper = o.get(0).builder();
              Value difference = deeper.sub(o.get(0), o.get(1));
              return attention(List.of(o.get(0), difference, o.get(1)));
            });
    return g.add(g.tanh(inner), operands.get(0));
  }
}
