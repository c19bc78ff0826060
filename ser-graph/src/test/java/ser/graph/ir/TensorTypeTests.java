package ser.graph.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.graph.tensor.DataType;

class TensorTypeTests {
  private static final TensorType TYPE =
      TensorType.float32(Dim.symbol("batch"), Dim.symbol("time"), Dim.of(64));

  @Test
  void theTextNamesElementTypeAndDimensions() {
    assertThat(TYPE).hasToString("float32[batch, time, 64]");
    assertThat(TensorType.int64(Dim.symbol("batch"))).hasToString("int64[batch]");
    assertThat(TensorType.float32(new long[0])).hasToString("float32[]");
  }

  @Test
  void axesCountFromEitherEnd() {
    assertThat(TYPE.dim(-1)).isEqualTo(TYPE.dim(2)).isEqualTo(Dim.of(64));
    assertThat(TYPE.axis(-3)).isZero();
    assertThat(TYPE.rank()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, -4, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void anAxisBeyondTheRankIsRefused(int axis) {
    assertThatThrownBy(() -> TYPE.axis(axis))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining(Integer.toString(axis))
        .hasMessageContaining("float32[batch, time, 64]");
  }

  @Test
  void onlyFixedShapesAreNumbers() {
    assertThat(TensorType.float32(2, 3).fixedShape()).containsExactly(2, 3);
    assertThatThrownBy(TYPE::fixedShape)
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("batch");
  }

  @Test
  void elementTypesTellTypesApart() {
    assertThat(TensorType.int64(Dim.of(2))).isNotEqualTo(TensorType.float32(2));
    assertThat(TensorType.int64(Dim.of(2)).dataType()).isEqualTo(DataType.INT64);
  }
}
