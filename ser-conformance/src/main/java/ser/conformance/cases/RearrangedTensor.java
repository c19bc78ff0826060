package ser.conformance.cases;

import java.util.function.UnaryOperator;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/** Tensors whose elements stand elsewhere. */
final class RearrangedTensor {
  private RearrangedTensor() {}

  /**
   * Rearranges a tensor's elements.
   *
   * @param tensor the source of the elements
   * @param shape of the result
   * @param source from an index of the result to an index of the tensor
   * @return the rearranged tensor
   */
  static Tensor to(Tensor tensor, long[] shape, UnaryOperator<long[]> source) {
    return to(tensor, shape, 0, source);
  }

  /**
   * Rearranges a tensor's elements.
   *
   * @param tensor the source of the elements
   * @param shape of the result
   * @param filler what stands where the source lies outside the tensor
   * @param source from an index of the result to an index of the tensor
   * @return the rearranged tensor
   */
  static Tensor to(Tensor tensor, long[] shape, int filler, UnaryOperator<long[]> source) {
    Tensor result = Tensor.zeros(tensor.dataType(), shape);
    for (int to = 0; to < result.size(); to++) {
      int from = flat(source.apply(index(to, shape)), tensor.shape());
      if (tensor.dataType() == DataType.FLOAT32) {
        result.floats()[to] = from < 0 ? filler : tensor.floats()[from];
      } else {
        result.longs()[to] = from < 0 ? filler : tensor.longs()[from];
      }
    }
    return result;
  }

  private static long[] index(int element, long[] shape) {
    long[] index = new long[shape.length];
    long rest = element;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return index;
  }

  /** The place in row-major order, −1 outside. */
  private static int flat(long[] index, long[] shape) {
    long flat = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      if (index[axis] < 0 || index[axis] >= shape[axis]) {
        return -1;
      }
      flat = flat * shape[axis] + index[axis];
    }
    return (int) flat;
  }
}
