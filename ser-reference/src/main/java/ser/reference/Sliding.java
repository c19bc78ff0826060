package ser.reference;

import ser.api.BackendException;

/**
 * How a window slides along one spatial axis.
 *
 * @param size elements of the axis
 * @param taps how many elements the window reads
 * @param stride from one position of the window to the next
 * @param padding how far the first position begins before the axis, and the last may end behind it
 * @param dilation from one element that the window reads to the next
 */
record Sliding(int size, int taps, int stride, int padding, int dilation) {
  /** An axis of one element, which makes planes of lines. */
  static final Sliding NONE = new Sliding(1, 1, 1, 0, 1);

  Sliding {
    int reach = dilation * (taps - 1) + 1;
    if (size == 0 || size + 2 * padding < reach) {
      throw new BackendException(
          "an axis of %d with padding %d is shorter than a window of %d"
              .formatted(size, padding, reach));
    }
  }

  /** How many positions the window takes. */
  int positions() {
    return (size + 2 * padding - dilation * (taps - 1) - 1) / stride + 1;
  }

  /** The element of the axis that a tap reads; it is not there where the window covers padding. */
  int element(int position, int tap) {
    return position * stride - padding + tap * dilation;
  }

  boolean isThere(int element) {
    return element >= 0 && element < size;
  }
}
