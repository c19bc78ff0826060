package ser.conformance;

import java.util.List;
import java.util.stream.Stream;
import ser.api.graph.Dim;
import ser.api.graph.Graph;
import ser.api.graph.GraphBuilder;
import ser.api.graph.Initializer;
import ser.api.graph.Value;
import ser.attention.SelfAttention;

/** Graphs with composites: those that engines may know, and those that none can. */
final class Composites {
  private Composites() {}

  /**
   * A fused attention to be tested.
   *
   * @param name what is particular about it
   * @param queries shape of the queries
   * @param keys shape of the keys
   * @param values shape of the values
   * @param bias shape of what is added to the scores; empty when nothing is
   */
  record Fused(String name, long[] queries, long[] keys, long[] values, long[] bias) {
    /** Its operands as parameters, so that gradients by all of them can be asked for. */
    Graph graph() {
      GraphBuilder g = new GraphBuilder("attention " + name);
      Initializer drawn = new Initializer.Uniform(1.5);
      Value q = g.parameter("queries", drawn, queries);
      Value k = g.parameter("keys", drawn, keys);
      Value v = g.parameter("values", drawn, values);
      Value result =
          bias.length == 0
              ? attention(g, List.of(q, k, v))
              : attention(g, List.of(q, k, v, g.parameter("bias", drawn, bias)));
      return completed(g, result);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Graph completed(GraphBuilder g, Value result) {
    g.output("result", result);
    int[] axes = new int[result.type().rank()];
    for (int axis = 0; axis < axes.length; axis++) {
      axes[axis] = axis;
    }
    Value positions =
        g.reshape(g.add(g.range(result.dim(-1)), g.constant(1)), Dim.of(1), result.dim(-1));
    g.output(Attention.LOSS, g.sum(g.mul(g.square(result), g.scale(positions, 0.3)), axes));
    return g.build();
  }

  /** softmax(Q·Kᵀ/√d + bias)·V, the bias being optional. */
  static Value attention(GraphBuilder g, List<Value> operands) {
    return g.composite(
        SelfAttention.COMPOSITE,
        operands,
        o -> {
          GraphBuilder inner = o.get(0).builder();
          Value scores = inner.matMul(o.get(0), inner.transpose(o.get(1), 0, 1, 3, 2));
          scores = inner.scale(scores, 1 / Math.sqrt((double) o.get(0).dim(-1).size()));
          scores = o.size() == 4 ? inner.add(scores, o.get(3)) : scores;
          return inner.matMul(inner.softmax(scores, -1), o.get(2));
        });
  }

  static Stream<Fused> fused() {
    long[] x = {2, 3, 5, 4};
    long[] none = {};
    return Stream.of(
        new Fused("without bias", x, x, x, none),
        new Fused("with a bias for all", x, x, x, new long[] {2, 3, 5, 5}),
        new Fused("with a bias for each key", x, x, x, new long[] {2, 1, 1, 5}),
        new Fused("with a bias for each head", x, x, x, new long[] {1, 3, 5, 5}),
        new Fused("with a bias for each query", x, x, x, new long[] {2, 3, 5, 1}),
        new Fused("with one bias", x, x, x, new long[] {1, 1, 1, 1}),
        new Fused("with a bias of two axes", x, x, x, new long[] {5, 5}),
        new Fused("of few queries", new long[] {2, 3, 2, 4}, x, x, new long[] {2, 1, 2, 5}),
        new Fused("of values of another width", x, x, new long[] {2, 3, 5, 7}, none),
        new Fused(
            "of one step",
            new long[] {1, 1, 1, 3},
            new long[] {1, 1, 1, 3},
            new long[] {1, 1, 1, 3},
            new long[] {1, 1, 1, 1}),
        new Fused(
            "of many steps",
            new long[] {1, 1, 40, 4},
            new long[] {1, 1, 40, 4},
            new long[] {1, 1, 40, 4},
            new long[] {1, 1, 1, 40}),
        new Fused(
            "of no clips",
            new long[] {0, 2, 3, 4},
            new long[] {0, 2, 3, 4},
            new long[] {0, 2, 3, 4},
            new long[] {0, 1, 1, 3}));
  }

  /** A composite of a name that no engine knows, with another inside, and attention inside that. */
  static Graph nested() {
    GraphBuilder g = new GraphBuilder("nested composites");
    Initializer drawn = new Initializer.Uniform(1.5);
    Value x = g.parameter("x", drawn, 1, 2, 3, 4);
    Value y = g.parameter("y", drawn, 1, 2, 3, 4);
    return completed(g, g.composite("of_the_kit", List.of(x, y), Composites::outer));
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
              return attention(deeper, List.of(o.get(0), difference, o.get(1)));
            });
    return g.add(g.tanh(inner), operands.get(0));
  }
}
