package ser.backend.dl4j;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/**
 * Between the Java heap and ND4J's arrays. On the CPU elements are copied in place; on a GPU ND4J
 * has to know of each copy, so it makes them.
 */
record Transfer(boolean onCpu) {
  void upload(Tensor tensor, INDArray array) {
    if (tensor.dataType() == DataType.FLOAT32) {
      upload(FloatBuffer.wrap(tensor.floats()), array);
    } else {
      upload(tensor.longs(), array);
    }
  }

  void upload(long[] elements, INDArray array) {
    if (onCpu) {
      array.data().asNioLong().put(elements);
    } else {
      assign(Nd4j.createFromArray(elements), array);
    }
  }

  /** Copies what remains in a buffer. */
  void upload(FloatBuffer elements, INDArray array) {
    if (onCpu) {
      array.data().asNioFloat().put(elements);
    } else {
      float[] copy = new float[elements.remaining()];
      elements.get(copy);
      assign(Nd4j.createFromArray(copy), array);
    }
  }

  private static void assign(INDArray source, INDArray target) {
    target.assign(source.reshape(target.shape()));
    // A GPU copies behind our back, from what must still be there.
    Nd4j.getExecutioner().commit();
    source.close();
  }

  /** Fills a buffer's remainder. */
  void download(INDArray array, FloatBuffer target) {
    if (onCpu) {
      FloatBuffer elements = array.data().asNioFloat();
      target.put(elements.slice(0, target.remaining()));
    } else {
      target.put(array.reshape(array.length()).toFloatVector());
    }
  }

  Tensor download(INDArray array, long[] shape) {
    int size = (int) Tensor.sizeOf(shape);
    if (array.dataType() == org.nd4j.linalg.api.buffer.DataType.FLOAT) {
      float[] elements = new float[size];
      download(array, FloatBuffer.wrap(elements));
      return Tensor.of(elements, shape);
    }
    if (!onCpu) {
      return Tensor.of(array.reshape(array.length()).toLongVector(), shape);
    }
    long[] elements = new long[size];
    DataBuffer data = array.data();
    data.asNioLong().get(elements);
    return Tensor.of(elements, shape);
  }
}
