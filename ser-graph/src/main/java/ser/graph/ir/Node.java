package ser.graph.ir;

import java.util.List;

/**
 * One operation in a graph and the tensor it gives.
 *
 * @param id its place in {@link Graph#nodes()}
 * @param op what it does
 * @param operands the ids of the nodes it reads, all below its own
 * @param type the type of its result
 */
public record Node(int id, Op op, List<Integer> operands, TensorType type) {
  /** Copies the operands. */
  public Node {
    operands = List.copyOf(operands);
  }
}
