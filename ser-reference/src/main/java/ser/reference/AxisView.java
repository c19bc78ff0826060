package ser.reference;

/**
 * The rows of a tensor along one of its axes: element i of a row has the index {@code start + i *
 * stride}.
 *
 * @param starts the index of each row's first element
 * @param size the number of elements in a row
 * @param stride the index distance between neighbours in a row
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record AxisView(int[] starts, int size, int stride) {
  /**
   * Views a tensor along an axis.
   *
   * @param shape the dimensions of a tensor
   * @param axis counted from 0, or from the end when negative
   * @return its rows along the axis
   */
  static AxisView along(long[] shape, int axis) {
    int counted = Math.floorMod(axis, shape.length);
    int[] strides = Strides.strides(shape);
    long[] others = shape.clone();
    others[counted] = 1;
    return new AxisView(
        Strides.indices(others, strides, 0), (int) shape[counted], strides[counted]);
  }
}
