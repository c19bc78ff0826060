package ser.backend.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import ser.graph.tensor.Tensor;

/** Copies, in place as on the CPU, and by ND4J as on a GPU. */
class TransferTests {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatGoesInComesOut(boolean onCpu) {
    Transfer transfer = new Transfer(onCpu);
    for (long[] shape : new long[][] {{2, 3}, {6}, {1, 6, 1}, {}}) {
      int size = (int) Tensor.sizeOf(shape);
      float[] floats = {1, -2, 3.5f, 4, 5, Float.POSITIVE_INFINITY};
      Tensor tensor = Tensor.of(java.util.Arrays.copyOf(floats, size), shape);
      assertThat(roundTrip(transfer, tensor, DataType.FLOAT)).isEqualTo(tensor);
      long[] longs = {1, -2, 1L << 40, 4, 5, 6};
      Tensor whole = Tensor.of(java.util.Arrays.copyOf(longs, size), shape);
      assertThat(roundTrip(transfer, whole, DataType.INT64)).isEqualTo(whole);
    }
  }

  /** By way of a buffer that has room to spare, as buffers that are used again have. */
  private static Tensor roundTrip(Transfer transfer, Tensor tensor, DataType type) {
    DataBuffer buffer = Nd4j.createBuffer(type, 10, true);
    INDArray array = BufferPool.array(buffer, type, tensor.shape());
    transfer.upload(tensor, array);
    Tensor back = transfer.download(array, tensor.shape());
    buffer.close();
    return back;
  }
}
