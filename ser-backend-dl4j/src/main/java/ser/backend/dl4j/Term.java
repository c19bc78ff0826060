package ser.backend.dl4j;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A tensor of a program.
 *
 * @param id its place among the program's terms
 * @param variable what SameDiff knows it by
 * @param dataType its element type: FLOAT, LONG or BOOL
 * @param shape its size along each axis
 */
record Term(int id, SDVariable variable, DataType dataType, List<Extent> shape) {
  int rank() {
    return shape.size();
  }

  Extent dim(int axis) {
    return shape.get(axis < 0 ? axis + rank() : axis);
  }
}
