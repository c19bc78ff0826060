package ser.graph.ir;

/**
 * A tensor in a graph that is being built: the handle that the builder's methods take and give.
 *
 * @param builder the builder it belongs to
 * @param id its node
 * @param type its type
 */
public record Value(GraphBuilder builder, int id, TensorType type) {
  /**
   * Returns a dimension.
   *
   * @param axis counted from 0, or from the end when negative
   * @return that dimension
   */
  public Dim dim(int axis) {
    return type.dim(axis);
  }

  @Override
  public String toString() {
    return "%" + id + " " + type;
  }
}
