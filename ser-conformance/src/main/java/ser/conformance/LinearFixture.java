package ser.conformance;

import java.util.Map;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.tensor.Tensor;

/** One linear layer, for rules that are not about particular operations. */
final class LinearFixture {
  static final String NAME = "layer";
  static final String LOSS = "loss";

  private LinearFixture() {}

  /** y = tanh(x·w + b) of x [batch, time, 3], and the sum of its squares. */
  static Graph graph() {
    GraphBuilder g = new GraphBuilder(NAME);
    Value x = g.input("x", TensorType.float32(Dim.symbol("batch"), Dim.symbol("time"), Dim.of(3)));
    Value w = g.parameter("w", Initializer.glorot(3, 2), 3, 2);
    Value b = g.parameter("b", new Initializer.Constant(0.1), 2);
    Value y = g.tanh(g.add(g.matMul(x, w), b));
    g.output("y", y);
    g.output(LOSS, g.reduce(Op.Reduction.SUM, g.square(y), 0, 1, 2));
    return g.build();
  }

  static Map<String, Tensor> input(long seed, int batch, int time) {
    return Map.of("x", Tensors.draw(seed, -1, 1, batch, time, 3));
  }
}
