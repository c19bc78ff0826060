package ser.graph.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import ser.api.SerException;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.GraphException;
import ser.graph.ir.Initializer;
import ser.graph.tensor.Tensor;

class ParameterVectorTests {
  private static final Map<String, Tensor> WEIGHTS =
      Map.of(
          "w", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3),
          "b", Tensor.of(new float[] {7, 8, 9}, 3),
          "s", Tensor.scalar(10));

  private static Graph graph() {
    GraphBuilder g = new GraphBuilder("g");
    g.parameter("w", Initializer.zeros(), 2, 3);
    g.parameter("b", Initializer.zeros(), 3);
    g.output("y", g.parameter("s", Initializer.zeros()));
    return g.build();
  }

  @Test
  void parametersStandOneBehindTheOtherInTheGraphsOrder() {
    ParameterVector vector = new ParameterVector(graph(), WEIGHTS);
    assertThat(vector.toArray()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertThat(vector.size()).isEqualTo(10);
    assertThat(vector.slots())
        .extracting(ParameterVector.Slot::name)
        .containsExactly("w", "b", "s");
    assertThat(vector.slots()).extracting(ParameterVector.Slot::offset).containsExactly(0, 6, 9);
    assertThat(vector.slots()).extracting(ParameterVector.Slot::size).containsExactly(6, 3, 1);
  }

  @Test
  void tensorsComeBackAsTheyWentIn() {
    assertThat(new ParameterVector(graph(), WEIGHTS).tensors()).isEqualTo(WEIGHTS);
  }

  @Test
  void theBytesAreAlignedNativeAndShared() {
    ParameterVector vector = new ParameterVector(graph(), WEIGHTS);
    assertThat(vector.bytes().isDirect()).isTrue();
    assertThat(vector.bytes().order()).isEqualTo(ByteOrder.nativeOrder());
    assertThat(vector.bytes().alignmentOffset(0, 64)).isZero();
    assertThat(vector.bytes().remaining()).isEqualTo(40);
    vector.floats().put(9, 11);
    assertThat(vector.toArray()[9]).isEqualTo(11);
  }

  @Test
  void copiesAreNotShared() {
    ParameterVector vector = new ParameterVector(graph(), WEIGHTS);
    vector.toArray()[0] = 100;
    vector.tensors().getOrDefault("w", Tensor.scalar(0)).floats()[0] = 100;
    assertThat(vector.toArray()[0]).isEqualTo(1);
  }

  @Test
  void weightsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> new ParameterVector(graph(), Map.of()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("'w'");
  }

  @Test
  void elementsOfAnotherNumberAreRefused() {
    ParameterVector vector = new ParameterVector(graph(), WEIGHTS);
    for (int count : new int[] {0, 9, 11}) {
      assertThatThrownBy(() -> vector.set(new float[count]))
          .isInstanceOf(SerException.class)
          .hasMessageContaining("10 parameters")
          .hasMessageContaining(count + " elements");
    }
    assertThat(vector.tensors()).isEqualTo(WEIGHTS);
  }

  @Test
  void aGraphWithoutParametersHasAnEmptyVector() {
    GraphBuilder g = new GraphBuilder("g");
    g.output("y", g.constant(1));
    ParameterVector vector = new ParameterVector(g.build());
    assertThat(vector.size()).isZero();
    assertThat(vector.tensors()).isEmpty();
  }
}
