package ser.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import ser.api.SerException;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

class DoubleArrayTests {
  @Test
  void tensorsComeBackAsTheyWentIn() {
    Tensor floats = Tensor.of(new float[] {1.5f, -0.1f, Float.NaN}, 3, 1);
    Tensor longs = Tensor.of(new long[] {1L << 53, -7}, 2);
    assertThat(DoubleArray.of(floats).toTensor(DataType.FLOAT32)).isEqualTo(floats);
    assertThat(DoubleArray.of(longs).toTensor(DataType.INT64)).isEqualTo(longs);
  }

  @Test
  void theShapeMustFitTheElements() {
    assertThatThrownBy(() -> new DoubleArray(new double[3], 2, 2))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("[2, 2]")
        .hasMessageContaining("3");
  }

  @Test
  void arraysAreEqualInShapeAndElements() {
    DoubleArray array = new DoubleArray(new double[] {1, 2}, 2);
    assertThat(array)
        .isEqualTo(new DoubleArray(new double[] {1, 2}, 2))
        .hasSameHashCodeAs(new DoubleArray(new double[] {1, 2}, 2))
        .isNotEqualTo(new DoubleArray(new double[] {1, 2}, 1, 2))
        .isNotEqualTo(new DoubleArray(new double[] {1, 3}, 2))
        .hasToString("float64[2]");
  }
}
