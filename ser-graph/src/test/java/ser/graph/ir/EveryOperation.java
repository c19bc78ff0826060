package ser.graph.ir;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import ser.graph.tensor.DataType;

/** A graph in which every operation stands at least once. */
public final class EveryOperation {
  private EveryOperation() {}

  public static Graph graph() {
    Dim batch = Dim.symbol("batch");
    Dim time = Dim.symbol("time");
    GraphBuilder g = new GraphBuilder("every \"operation\" \\ in\none graph");
    Value x = g.input("x", TensorType.float32(batch, time, Dim.of(4)));
    Value lengths = g.input("lengths", TensorType.int64(batch));
    Value weight = g.parameter("w", Initializer.glorot(4, 4), 4, 4);
    Value gain = g.parameter("norm.gain", Initializer.ones(), 4);
    Value bias = g.parameter("norm.bias", new Initializer.Normal(0.25), 4);
    Value mean = g.state("running mean", 0.5, 4);
    Value y = g.layerNorm(g.matMul(x, weight), gain, bias, 1e-5);
    Value column = g.reshape(g.lengthMask(lengths, time), batch, time, Dim.of(1));
    y = g.dropout(g.mul(y, column), 0.1, 1);
    for (Op.UnaryFunction function : Op.UnaryFunction.values()) {
      y = g.add(y, g.unary(function, y));
    }
    Value positions = g.reshape(g.range(time), time, Dim.of(1));
    y = g.where(g.compare(Op.Comparison.LESS, positions, g.constant(3)), y, g.constant(-1e9));
    y = g.max(g.min(y, g.constant(Double.POSITIVE_INFINITY)), g.constant(-2.5));
    y = g.softmax(g.logSoftmax(g.transpose(y, 0, 2, 1), -1), 1); // [batch, 4, time]
    Value kernel = g.parameter("kernel", Initializer.he(10), 6, 2, 5);
    y =
        g.conv(
            Op.Conv.of(1).withStrides(2).withPadding(4).withDilation(2).withGroups(2), y, kernel);
    y = g.pool(Op.Pool.of(Op.Pooling.AVERAGE, 3).withStrides(2).withPadding(1), y);
    y = g.concat(1, g.slice(y, 1, 0, 2), g.slice(y, 1, 4, 6)); // [batch, 4, ·]
    y = g.composite("outer", List.of(y, g.sum(y, 1)), EveryOperation::outer);
    Value steps = g.cast(g.div(g.add(lengths, g.int64(1)), g.int64(2)), DataType.FLOAT32);
    g.update(mean, g.reshape(g.reduce(Op.Reduction.MEAN, x, 0, 1), Dim.of(4)));
    Value hidden =
        g.lstm(
            new Op.Lstm(3, Op.Direction.REVERSE),
            x,
            g.parameter("lstm.input", new Initializer.Uniform(0.5), 12, 4),
            g.parameter("lstm.recurrent", new Initializer.Uniform(0.5), 12, 3),
            g.parameter("lstm.bias", Initializer.zeros(), 12),
            lengths);
    g.output("y", y);
    g.output("hidden", hidden);
    g.output("a \"name\"", steps);
    return g.build();
  }

  private static Value outer(List<Value> operands) {
    GraphBuilder inner = operands.get(0).builder();
    Value sum =
        inner.composite(
            "inner", operands, nested -> nested.get(0).builder().add(nested.get(0), nested.get(1)));
    return inner.reduce(Op.Reduction.MAX, sum, -1);
  }

  /** The ops of a graph, composites' bodies included. */
  public static Set<String> operations(Graph graph) {
    Set<String> names = new TreeSet<>();
    for (Node node : graph.nodes()) {
      names.add(node.op().getClass().getSimpleName());
      if (node.op() instanceof Op.Composite composite) {
        names.addAll(operations(composite.body()));
      }
    }
    return names;
  }
}
