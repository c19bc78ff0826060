package ser.backend.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static ser.backend.dl4j.Calculation.draw;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.graph.Graph;
import ser.api.graph.GraphBuilder;
import ser.api.graph.Value;
import ser.api.spi.Backend;
import ser.api.spi.Device;

/** What this backend computes natively equals the composite's body. */
class DecompositionTests {
  private final Backend backend = new Dl4jBackendProvider().open(Device.CPU);

  @AfterEach
  void close() {
    backend.close();
  }

  /** softmax(Q·Kᵀ/√d + bias)·V, the bias being optional. */
  static Value attention(GraphBuilder g, List<Value> operands) {
    return g.composite(
        "scaled_dot_product_attention",
        operands,
        o -> {
          GraphBuilder inner = o.get(0).builder();
          Value scores = inner.matMul(o.get(0), inner.transpose(o.get(1), 0, 1, 3, 2));
          scores = inner.scale(scores, 1 / Math.sqrt((double) o.get(0).dim(-1).size()));
          scores = o.size() == 4 ? inner.add(scores, o.get(3)) : scores;
          return inner.matMul(inner.softmax(scores, -1), o.get(2));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 33})
  void fusedAttentionIsAttention(int steps) {
    for (int bias = 0; bias < 3; bias++) {
      Calculation c = new Calculation();
      Value q = c.input(draw(1, 2 * 3 * steps * 4, -2, 2), 2, 3, steps, 4);
      Value k = c.input(draw(2, 2 * 3 * steps * 4, -2, 2), 2, 3, steps, 4);
      Value v = c.input(draw(3, 2 * 3 * steps * 4, -2, 2), 2, 3, steps, 4);
      List<Value> operands =
          switch (bias) {
            case 0 -> List.of(q, k, v);
            case 1 -> List.of(q, k, v, c.input(draw(4, 2 * steps, -9, 0), 2, 1, 1, steps));
            default ->
                List.of(q, k, v, c.input(draw(4, 6 * steps * steps, -9, 0), 2, 3, steps, steps));
          };
      c.g.output("result", attention(c.g, operands));
      Graph graph = c.g.build();
      assertThat(Calculation.run(backend, graph, c.weights, c.inputs).floats())
          .as("bias %d", bias)
          .containsExactly(
              Calculation.run(backend, graph.decompose(all -> false), c.weights, c.inputs).floats(),
              within(1e-5f));
    }
  }
}
