package ser.backend.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static ser.backend.dl4j.Calculation.draw;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import ser.api.graph.Dim;
import ser.api.graph.Graph;
import ser.api.graph.GraphBuilder;
import ser.api.graph.Initializer;
import ser.api.graph.TensorType;
import ser.api.graph.Value;
import ser.api.spi.Backend;
import ser.api.spi.Device;
import ser.api.tensor.Tensor;
import ser.api.training.AdamW;
import ser.api.training.TrainingSession;
import ser.api.training.WarmupCosine;

class TrainingTests {
  private final Backend backend = new Dl4jBackendProvider().open(Device.CPU);

  @AfterEach
  void close() {
    backend.close();
  }

  /** A perceptron with dropout that fits [batch, 3] to [batch, 2]. */
  private static Graph perceptron() {
    GraphBuilder g = new GraphBuilder("perceptron");
    Value x = g.input("x", TensorType.float32(Dim.symbol("batch"), Dim.of(3)));
    Value y = g.input("y", TensorType.float32(Dim.symbol("batch"), Dim.of(2)));
    Value hidden = g.tanh(g.matMul(x, g.parameter("w1", Initializer.glorot(3, 8), 3, 8)));
    Value out =
        g.add(
            g.matMul(g.dropout(hidden, 0.1), g.parameter("w2", Initializer.glorot(8, 2), 8, 2)),
            g.parameter("b", Initializer.zeros(), 2));
    g.output("loss", g.reduce(ser.api.graph.Op.Reduction.MEAN, g.square(g.sub(out, y)), 0, 1));
    return g.build();
  }

  private static final Map<String, Tensor> BATCH =
      Map.of(
          "x", Tensor.of(draw(1, 16 * 3, -1, 1), 16, 3),
          "y", Tensor.of(draw(2, 16 * 2, -1, 1), 16, 2));

  private TrainingSession session() {
    Graph graph = perceptron();
    AdamW adamW = AdamW.of(new WarmupCosine(0.05, 2, 200, 0.01), 0.01, 1);
    return new TrainingSession(backend, graph, "loss", graph.initialParameters(3), adamW, 0.9, 4);
  }

  @Test
  void twentyStepsReduceTheLoss() {
    try (TrainingSession session = session()) {
      double first = session.step(BATCH).loss();
      double last = first;
      for (int i = 1; i < 20; i++) {
        last = session.step(BATCH).loss();
      }
      assertThat(last).isLessThan(0.8 * first);
    }
  }

  @Test
  void oneStartLeadsToOneEndBitForBit() {
    try (TrainingSession a = session();
        TrainingSession b = session()) {
      for (int i = 0; i < 10; i++) {
        a.step(BATCH);
        b.step(BATCH);
      }
      assertThat(a.state()).isEqualTo(b.state());
    }
  }

  @Test
  void twoHundredStepsLeaveNoNativeArraysBehind() {
    try (TrainingSession session = session()) {
      session.step(BATCH);
      long before = backend.liveArrays();
      for (int i = 0; i < 200; i++) {
        session.step(BATCH);
      }
      assertThat(backend.liveArrays()).isEqualTo(before);
    }
    assertThat(backend.liveArrays()).as("a closed session leaves nothing").isZero();
  }
}
