package ser.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Dim;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;

class CostTests {
  private static final Map<String, Long> SIZES = Map.of("batch", 3L);

  private final GraphBuilder g = new GraphBuilder("costs");
  private final Dim batch = Dim.symbol("batch");

  @Test
  void aProductMultipliesAndAddsAlongTheInnerDimension() {
    Value x = g.input("x", TensorType.float32(batch, Dim.of(5)));
    g.output("y", g.matMul(x, g.parameter("w", Initializer.ones(), 5, 7)));

    assertThat(Cost.of(g.build(), SIZES).get(Kind.MATMUL))
        .isEqualTo(new Cost(2 * 3 * 5 * 7, 4 * (3 * 5 + 5 * 7 + 3 * 7)));
  }

  @Test
  void aConvolutionMultipliesAndAddsOverItsKernelAndChannels() {
    Value x = g.input("x", TensorType.float32(batch, Dim.of(4), Dim.of(10), Dim.of(8)));
    Op.Conv conv = new Op.Conv(List.of(2, 2), List.of(1, 1), List.of(1, 1), 1);
    g.output("y", g.conv(conv, x, g.parameter("w", Initializer.ones(), 6, 4, 3, 3)));

    double results = 3 * 6 * 5 * 4;
    assertThat(Cost.of(g.build(), SIZES).get(Kind.CONVOLUTION))
        .isEqualTo(
            new Cost(2 * results * 4 * 3 * 3, 4 * (3 * 4 * 10 * 8 + 6 * 4 * 3 * 3 + results)));
  }

  @Test
  void viewsCostNothing() {
    Value x = g.input("x", TensorType.float32(batch, Dim.of(4)));
    g.output("y", g.transpose(g.reshape(x, batch, Dim.of(2), Dim.of(2)), 0, 2, 1));

    assertThat(Cost.of(g.build(), SIZES)).containsOnly(Map.entry(Kind.LAYOUT, new Cost(0, 0)));
  }

  @Test
  void theRoofIsWhateverBindsFirst() {
    Roof roof = new Roof(100, 10);

    assertThat(new Cost(1000, 10).seconds(roof)).isEqualTo(10);
    assertThat(new Cost(100, 50).seconds(roof)).isEqualTo(5);
  }
}
