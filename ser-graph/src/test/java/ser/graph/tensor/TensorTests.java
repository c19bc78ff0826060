package ser.graph.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import ser.api.SerException;

class TensorTests {
  @Test
  void aTensorKnowsItsElementsAndShape() {
    Tensor tensor = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertThat(tensor.floats()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(tensor.shape()).containsExactly(2, 3);
    assertThat(tensor.rank()).isEqualTo(2);
    assertThat(tensor.dim(1)).isEqualTo(3);
    assertThat(tensor.size()).isEqualTo(6);
    assertThat(tensor).hasToString("float32[2, 3]");
  }

  @Test
  void aScalarHasNoDimensionsAndOneElement() {
    assertThat(Tensor.scalar(3).rank()).isZero();
    assertThat(Tensor.scalar(3).size()).isEqualTo(1);
  }

  @Test
  void aDimensionMayBeZero() {
    assertThat(Tensor.of(new float[0], 0, 3).size()).isZero();
    assertThat(Tensor.zeros(DataType.INT64, 4, 0).longs()).isEmpty();
  }

  @Test
  void shapeAndElementsMustAgree() {
    assertThatThrownBy(() -> Tensor.of(new float[5], 2, 3))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("[2, 3]")
        .hasMessageContaining("6")
        .hasMessageContaining("5");
  }

  @Test
  void negativeAndHugeShapesAreRefused() {
    assertThatThrownBy(() -> Tensor.zeros(DataType.FLOAT32, 2, -1))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("[2, -1]");
    assertThatThrownBy(() -> Tensor.zeros(DataType.FLOAT32, 1L << 20, 1L << 20))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("too large");
    assertThatThrownBy(() -> Tensor.sizeOf(Long.MAX_VALUE, Long.MAX_VALUE))
        .isInstanceOf(SerException.class);
  }

  @Test
  void elementsOfAnotherTypeAreRefused() {
    assertThatThrownBy(() -> Tensor.scalar(1).longs())
        .isInstanceOf(SerException.class)
        .hasMessageContaining("float32")
        .hasMessageContaining("int64");
    assertThatThrownBy(() -> Tensor.of(new long[] {1}, 1).floats())
        .isInstanceOf(SerException.class)
        .hasMessageContaining("int64");
  }

  @Test
  void theShapeGivenOutIsACopy() {
    Tensor tensor = Tensor.of(new float[2], 2);
    tensor.shape()[0] = 7;
    assertThat(tensor.shape()).containsExactly(2);
  }

  @Test
  void equalTensorsAgreeInTypeShapeAndElements() {
    Tensor tensor = Tensor.of(new float[] {1, Float.NaN}, 2);
    assertThat(tensor)
        .isEqualTo(Tensor.of(new float[] {1, Float.NaN}, 2))
        .hasSameHashCodeAs(Tensor.of(new float[] {1, Float.NaN}, 2))
        .isNotEqualTo(Tensor.of(new float[] {1, Float.NaN}, 2, 1))
        .isNotEqualTo(Tensor.of(new float[] {1, 2}, 2));
    assertThat(Tensor.zeros(DataType.INT64, 2))
        .isNotEqualTo(Tensor.zeros(DataType.FLOAT32, 2))
        .hasSameHashCodeAs(Tensor.zeros(DataType.INT64, 2));
  }
}
