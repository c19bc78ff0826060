package ser.graph.tensor;

import java.util.Arrays;
import java.util.Objects;
import ser.api.SerException;

/**
 * A dense tensor in row-major order on the Java heap.
 *
 * <p>The element array is shared with whoever made the tensor, not copied: treat it as given away.
 * A dimension may be zero; a scalar has no dimensions and one element.
 */
public final class Tensor {
  private final long[] shape;
  private final DataType dataType;
  private final Object elements;

  private Tensor(DataType dataType, Object elements, int count, long[] shape) {
    this.shape = shape.clone();
    this.dataType = dataType;
    this.elements = elements;
    long size = sizeOf(shape);
    if (size != count) {
      throw new SerException(
          "A tensor of shape %s has %d elements, but %d were given"
              .formatted(Arrays.toString(shape), size, count));
    }
  }

  /**
   * Returns a float32 tensor that shares the array.
   *
   * @param elements the elements in row-major order, shared with the tensor
   * @param shape the dimensions; their product is the number of elements
   * @return a float32 tensor
   * @throws SerException when the shape does not fit the number of elements
   */
  public static Tensor of(float[] elements, long... shape) {
    return new Tensor(DataType.FLOAT32, elements, elements.length, shape);
  }

  /**
   * Returns an int64 tensor that shares the array.
   *
   * @param elements the elements in row-major order, shared with the tensor
   * @param shape the dimensions; their product is the number of elements
   * @return an int64 tensor
   * @throws SerException when the shape does not fit the number of elements
   */
  public static Tensor of(long[] elements, long... shape) {
    return new Tensor(DataType.INT64, elements, elements.length, shape);
  }

  /**
   * Returns a float32 scalar.
   *
   * @param value the only element
   * @return a float32 tensor without dimensions
   */
  public static Tensor scalar(float value) {
    return of(new float[] {value});
  }

  /**
   * Returns a tensor of zeros.
   *
   * @param dataType the element type
   * @param shape the dimensions
   * @return a tensor of zeros
   * @throws SerException when it would have more elements than a Java array
   */
  public static Tensor zeros(DataType dataType, long... shape) {
    int size = Math.toIntExact(sizeOf(shape));
    return switch (dataType) {
      case FLOAT32 -> of(new float[size], shape);
      case INT64 -> of(new long[size], shape);
    };
  }

  /**
   * Computes the number of elements of a shape.
   *
   * @param shape dimensions, none negative
   * @return the number of elements of a tensor of that shape
   * @throws SerException when a dimension is negative or the product exceeds a Java array
   */
  public static long sizeOf(long... shape) {
    long size = 1;
    for (long dim : shape) {
      if (dim < 0) {
        throw new SerException("A dimension cannot be negative: " + Arrays.toString(shape));
      }
      if (dim != 0 && size > Integer.MAX_VALUE / dim) {
        throw new SerException(
            "A tensor of shape %s is too large".formatted(Arrays.toString(shape)));
      }
      size *= dim;
    }
    return size;
  }

  /** {@return the element type} */
  public DataType dataType() {
    return dataType;
  }

  /** {@return the dimensions, a copy} */
  public long[] shape() {
    return shape.clone();
  }

  /** {@return the number of dimensions} */
  public int rank() {
    return shape.length;
  }

  /**
   * Returns a dimension.
   *
   * @param axis a dimension, counted from 0
   * @return its size
   */
  public long dim(int axis) {
    return shape[axis];
  }

  /** {@return the number of elements} */
  public int size() {
    return (int) sizeOf(shape);
  }

  /**
   * Returns the elements of a float32 tensor.
   *
   * @return the elements in row-major order, not a copy
   * @throws SerException when the elements are not float32
   */
  public float[] floats() {
    if (elements instanceof float[] floats) {
      return floats;
    }
    throw new SerException("This tensor holds %s elements, not float32".formatted(dataType));
  }

  /**
   * Returns the elements of an int64 tensor.
   *
   * @return the elements in row-major order, not a copy
   * @throws SerException when the elements are not int64
   */
  public long[] longs() {
    if (elements instanceof long[] longs) {
      return longs;
    }
    throw new SerException("This tensor holds %s elements, not int64".formatted(dataType));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor that
        && Arrays.equals(shape, that.shape)
        && Objects.deepEquals(elements, that.elements);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape)
        + (elements instanceof float[] floats
            ? Arrays.hashCode(floats)
            : Arrays.hashCode((long[]) elements));
  }

  /** The element type and shape, such as {@code float32[2, 3]}. */
  @Override
  public String toString() {
    return dataType + Arrays.toString(shape);
  }
}
