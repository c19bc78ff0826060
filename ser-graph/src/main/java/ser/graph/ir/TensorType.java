package ser.graph.ir;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import ser.graph.tensor.DataType;

/**
 * The static type of a tensor in a graph.
 *
 * @param dataType the element type
 * @param shape the dimensions, outermost first
 */
public record TensorType(DataType dataType, List<Dim> shape) {
  /** Copies the shape. */
  public TensorType {
    shape = List.copyOf(shape);
  }

  /**
   * Returns a float32 type.
   *
   * @param shape the dimensions, outermost first
   * @return a float32 type
   */
  public static TensorType float32(Dim... shape) {
    return new TensorType(DataType.FLOAT32, List.of(shape));
  }

  /**
   * Returns a float32 type of fixed dimensions.
   *
   * @param shape the fixed dimensions, outermost first
   * @return a float32 type
   */
  public static TensorType float32(long... shape) {
    return new TensorType(DataType.FLOAT32, Arrays.stream(shape).mapToObj(Dim::of).toList());
  }

  /**
   * Returns an int64 type.
   *
   * @param shape the dimensions, outermost first
   * @return an int64 type
   */
  public static TensorType int64(Dim... shape) {
    return new TensorType(DataType.INT64, List.of(shape));
  }

  /** {@return the number of dimensions} */
  public int rank() {
    return shape.size();
  }

  /**
   * Returns a dimension.
   *
   * @param axis counted from 0, or from the end when negative
   * @return that dimension
   */
  public Dim dim(int axis) {
    return shape.get(axis(axis));
  }

  /**
   * Resolves a negative axis.
   *
   * @param axis counted from 0, or from the end when negative
   * @return the axis counted from 0
   * @throws GraphException when there is no such axis
   */
  public int axis(int axis) {
    int counted = axis < 0 ? axis + rank() : axis;
    if (counted < 0 || counted >= rank()) {
      throw new GraphException("There is no axis %d in %s".formatted(axis, this));
    }
    return counted;
  }

  /**
   * Returns the sizes of fixed dimensions.
   *
   * @return the sizes, when all are fixed
   * @throws GraphException when a dimension is not fixed
   */
  public long[] fixedShape() {
    return shape.stream().mapToLong(Dim::size).toArray();
  }

  TensorType withShape(List<Dim> newShape) {
    return new TensorType(dataType, newShape);
  }

  /** For example {@code float32[batch, time, 64]}. */
  @Override
  public String toString() {
    return dataType + shape.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
  }
}
