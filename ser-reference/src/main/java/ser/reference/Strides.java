package ser.reference;

import ser.graph.tensor.Tensor;

/** Index arithmetic on row-major arrays. */
final class Strides {
  private Strides() {}

  /**
   * Computes row-major strides.
   *
   * @param shape the dimensions of a tensor
   * @return for each axis, the index distance between neighbours along it
   */
  static int[] strides(long[] shape) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= (int) shape[axis];
    }
    return strides;
  }

  /**
   * Computes the indices of a strided view. Element (i, j, …) of the view has the index first +
   * i·strides[0] + j·strides[1] + …
   *
   * @param shape the view's dimensions
   * @param strides for each of the view's axes, the index distance between neighbours along it
   * @param first the index of the view's first element
   * @return for each element of the view, in row-major order, its index
   */
  static int[] indices(long[] shape, int[] strides, int first) {
    int[] indices = {first};
    for (int axis = 0; axis < shape.length; axis++) {
      int size = (int) shape[axis];
      int[] finer = new int[indices.length * size];
      for (int i = 0; i < indices.length; i++) {
        for (int k = 0; k < size; k++) {
          finer[i * size + k] = indices[i] + k * strides[axis];
        }
      }
      indices = finer;
    }
    return indices;
  }

  /**
   * Broadcasts as NumPy does: shapes are aligned at their ends, and an axis of size 1 or none at
   * all is repeated. In the other direction, the indices map each term to the element of the sum
   * that it contributes to.
   *
   * @param from the dimensions of a tensor
   * @param to the dimensions it is broadcast to
   * @return for each element of the larger tensor, its index in the smaller
   */
  static int[] broadcast(long[] from, long[] to) {
    int[] strides = strides(from);
    int[] repeated = new int[to.length];
    int missing = to.length - from.length;
    for (int axis = 0; axis < from.length; axis++) {
      repeated[missing + axis] = from[axis] == 1 ? 0 : strides[axis];
    }
    return indices(to, repeated, 0);
  }

  /**
   * Counts elements.
   *
   * @param shape the dimensions of a tensor
   * @return its number of elements
   */
  static int size(long[] shape) {
    return (int) Tensor.sizeOf(shape);
  }
}
