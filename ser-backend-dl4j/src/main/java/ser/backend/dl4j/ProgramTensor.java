package ser.backend.dl4j;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A tensor of a program.
 *
 * @param id its place among the program's tensors
 * @param dataType its element type: FLOAT, INT64 or BOOL
 * @param shape its size along each axis
 */
record ProgramTensor(int id, DataType dataType, List<Extent> shape) {
  ProgramTensor {
    shape = List.copyOf(shape);
  }

  int rank() {
    return shape.size();
  }

  /** The size along an axis, counted from the end when negative. */
  Extent dim(int axis) {
    return shape.get(axis < 0 ? axis + rank() : axis);
  }
}
