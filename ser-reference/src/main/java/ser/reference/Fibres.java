package ser.reference;

/**
 * A tensor as the rows of elements that lie along one of its axes: element i of a row stands at
 * {@code start + i * stride}.
 *
 * @param starts where each row begins
 * @param size how many elements a row has
 * @param stride how far apart neighbours in a row stand
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Fibres(int[] starts, int size, int stride) {
  /**
   * @param shape the dimensions of a tensor
   * @param axis counted from 0, or from the end when negative
   * @return its rows along the axis
   */
  static Fibres along(long[] shape, int axis) {
    int counted = Math.floorMod(axis, shape.length);
    int[] strides = Layout.strides(shape);
    long[] others = shape.clone();
    others[counted] = 1;
    return new Fibres(Layout.indices(others, strides, 0), (int) shape[counted], strides[counted]);
  }
}
