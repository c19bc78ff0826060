package ser.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import ser.api.graph.*;
import ser.api.spi.*;
import ser.api.tensor.Tensor;

class DjlBackendTests {
  @Test
  void gradientsOfALine() {
    GraphBuilder g = new GraphBuilder("line");
    Value x = g.input("x", TensorType.float32(Dim.symbol("batch"), Dim.of(2)));
    Value w = g.parameter("w", Initializer.ones(), 2, 1);
    Value b = g.parameter("b", Initializer.zeros(), 1);
    Value y = g.add(g.matMul(x, w), b);
    g.output("y", y);
    g.output("loss", g.sum(g.square(y), 0, 1));
    Graph graph = g.build();
    try (Backend backend = Backends.named("djl").open(Device.AUTO)) {
      Map<String, Tensor> weights = graph.initialParameters(1);
      Map<String, Tensor> in = Map.of("x", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
      try (InferenceFunction f = backend.compile(graph, weights)) {
        assertThat(f.run(in).get("y").floats()).containsExactly(3, 7);
      }
      ParameterVector p = new ParameterVector(graph, weights);
      ParameterVector d = new ParameterVector(graph);
      try (GradientFunction f = backend.differentiate(graph, "loss")) {
        System.out.println(f.evaluate(p, in, d));
        assertThat(d.toArray()).containsExactly(2 * (3 + 21), 2 * (6 + 28), 20);
        f.evaluate(p, in, d);
        assertThat(d.toArray()).containsExactly(2 * (3 + 21), 2 * (6 + 28), 20);
      }
    }
  }
}
