package ser.reference;

/**
 * The positions of a window along one spatial axis.
 *
 * @param size the length of the axis
 * @param taps the number of elements the window reads
 * @param stride from one position of the window to the next
 * @param padding the number of padding elements at either end of the axis
 * @param dilation from one element that the window reads to the next
 */
record SlidingWindow(int size, int taps, int stride, int padding, int dilation) {
  /** The row axis of a one-dimensional input. */
  static final SlidingWindow NONE = new SlidingWindow(1, 1, 1, 0, 1);

  /** The number of positions, which is the length of the result. */
  int positions() {
    return (size + 2 * padding - dilation * (taps - 1) - 1) / stride + 1;
  }

  /** The index that a tap reads, outside the axis where the window covers padding. */
  int element(int position, int tap) {
    return position * stride - padding + tap * dilation;
  }

  boolean isInside(int element) {
    return element >= 0 && element < size;
  }
}
