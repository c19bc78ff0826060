package ser.graph.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScaledDotProductAttentionTests {
  private final GraphBuilder g = new GraphBuilder("g");
  private final Value queries = g.input("q", TensorType.float32(2, 3, 5, 4));
  private final Value keys = g.input("k", TensorType.float32(2, 3, 6, 4));
  private final Value values = g.input("v", TensorType.float32(2, 3, 6, 7));
  private final Value bias = g.input("b", TensorType.float32(2, 1, 1, 6));

  @Test
  void isACompositeOfItsName() {
    Value attended =
        ScaledDotProductAttention.attend(
            new ScaledDotProductAttention.Operands<>(queries, keys, values, Optional.of(bias)));
    g.output("y", attended);
    Node node = g.build().nodes().get(attended.id());
    assertThat(attended.type()).isEqualTo(TensorType.float32(2, 3, 5, 7));
    assertThat(ScaledDotProductAttention.matches(node.op())).isTrue();
    assertThat(((Op.Composite) node.op()).name()).isEqualTo("scaled_dot_product_attention");
    assertThat(ScaledDotProductAttention.Operands.of(node.operands()))
        .isEqualTo(new ScaledDotProductAttention.Operands<>(0, 1, 2, Optional.of(3)));
    assertThat(ScaledDotProductAttention.matches(new Op.MatMul())).isFalse();
  }

  @Test
  void theBiasMayBeLeftOut() {
    ScaledDotProductAttention.Operands<Value> operands =
        ScaledDotProductAttention.Operands.of(List.of(queries, keys, values));
    assertThat(operands.bias()).isEmpty();
    assertThat(operands.toList()).containsExactly(queries, keys, values);
    assertThat(ScaledDotProductAttention.attend(operands).type())
        .isEqualTo(TensorType.float32(2, 3, 5, 7));
    assertThat(ScaledDotProductAttention.weights(queries, keys, Optional.empty()).type())
        .isEqualTo(TensorType.float32(2, 3, 5, 6));
  }

  @Test
  void otherOperandsAreRefused() {
    assertThatThrownBy(() -> ScaledDotProductAttention.Operands.of(List.of(queries, keys)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("found 2 operands");
    assertThatThrownBy(
            () ->
                ScaledDotProductAttention.attend(
                    ScaledDotProductAttention.Operands.of(List.of(queries, bias, values))))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("float32[2, 1, 6, 1] cannot be multiplied");
  }
}
