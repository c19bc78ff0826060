package ser.reference;

import java.util.Arrays;
import ser.api.SerException;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/**
 * A dense float64 tensor in row-major order. It also holds int64 values, which are exact up to 2⁵³.
 *
 * <p>The element array is shared with the caller, not copied; the caller must not change it.
 */
public final class DoubleArray {
  private final double[] elements;
  private final long[] shape;

  /**
   * Wraps an array.
   *
   * @param elements the elements in row-major order, shared with the array
   * @param shape the dimensions; their product is the number of elements
   * @throws SerException when the shape does not fit the number of elements
   */
  public DoubleArray(double[] elements, long... shape) {
    this.elements = elements;
    this.shape = shape.clone();
    if (Tensor.sizeOf(shape) != elements.length) {
      throw new SerException(
          "An array of shape %s has %d elements, but %d were given"
              .formatted(Arrays.toString(shape), Tensor.sizeOf(shape), elements.length));
    }
  }

  /**
   * Converts a tensor to float64.
   *
   * @param tensor of either element type
   * @return its elements in float64
   */
  public static DoubleArray of(Tensor tensor) {
    double[] elements = new double[tensor.size()];
    switch (tensor.dataType()) {
      case FLOAT32 -> Arrays.setAll(elements, i -> tensor.floats()[i]);
      case INT64 -> Arrays.setAll(elements, i -> tensor.longs()[i]);
    }
    return new DoubleArray(elements, tensor.shape());
  }

  /**
   * Creates an array of zeros.
   *
   * @param shape the dimensions
   * @return an array of zeros
   */
  public static DoubleArray zeros(long... shape) {
    return new DoubleArray(new double[(int) Tensor.sizeOf(shape)], shape);
  }

  /**
   * Converts the array to a tensor.
   *
   * @param dataType the tensor's element type
   * @return the elements rounded to float32, or whole numbers as int64
   */
  public Tensor toTensor(DataType dataType) {
    return switch (dataType) {
      case FLOAT32 -> {
        float[] floats = new float[elements.length];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = (float) elements[i];
        }
        yield Tensor.of(floats, shape);
      }
      case INT64 -> {
        long[] longs = new long[elements.length];
        Arrays.setAll(longs, i -> (long) elements[i]);
        yield Tensor.of(longs, shape);
      }
    };
  }

  /** {@return the elements in row-major order, not a copy} */
  public double[] elements() {
    return elements;
  }

  /** {@return the dimensions, a copy} */
  public long[] shape() {
    return shape.clone();
  }

  /** {@return the number of elements} */
  public int size() {
    return elements.length;
  }

  /**
   * Returns the size of one dimension.
   *
   * @param axis a dimension, counted from 0, or from the end when negative
   * @return its size
   */
  public int dim(int axis) {
    return (int) shape[Math.floorMod(axis, shape.length)];
  }

  /** The sum, element by element, of two arrays of one shape. */
  DoubleArray plus(DoubleArray other) {
    double[] sum = elements.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other.elements[i];
    }
    return new DoubleArray(sum, shape);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DoubleArray that
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(elements, that.elements);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(elements);
  }

  /** The shape, such as {@code float64[2, 3]}. */
  @Override
  public String toString() {
    return "float64" + Arrays.toString(shape);
  }
}
