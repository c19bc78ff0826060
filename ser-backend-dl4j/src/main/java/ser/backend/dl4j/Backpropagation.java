package ser.backend.dl4j;

import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.rewrite.GradientReach;

/**
 * Reverse-mode differentiation: adds the backward pass of a loss to a program, from the loss to the
 * parameters.
 *
 * <p>It is not left to {@code SameDiff.createGradFunction}: in ND4J 1.0.0-M2.1 that prints a line
 * per operation to standard output, and computes the gradients of all operands, wanted or not,
 * broadcast ones at a hundred times the cost.
 */
final class Backpropagation {
  private Backpropagation() {}

  /** Adds the backward pass, and gives the gradient by each parameter, by name. */
  static Map<String, ProgramTensor> of(
      Graph graph, String loss, List<Lowered> lowered, NativeOps ops) {
    Node end = Objects.requireNonNull(graph.outputs().get(loss), loss);
    GradientReach reach = GradientReach.of(graph);
    Map<Integer, ProgramTensor> gradients = new HashMap<>();
    Map<String, ProgramTensor> byParameter = new LinkedHashMap<>();
    ProgramTensor one = ops.program().constant(DataType.FLOAT, 1);
    gradients.put(end.id(), ops.program().reshape(one, lowered.get(end.id()).result().shape()));
    for (int id = end.id(); id >= 0; id--) {
      @Nullable ProgramTensor gradient = gradients.remove(id);
      Node node = graph.nodes().get(id);
      if (gradient == null || !reach.reachesParameter(node)) {
        continue;
      }
      if (node.op() instanceof Op.Parameter parameter) {
        byParameter.put(parameter.name(), gradient);
      } else {
        BitSet wanted = new BitSet();
        for (int i = 0; i < node.operands().size(); i++) {
          wanted.set(i, reach.reachesParameter(node, i));
        }
        lowered
            .get(id)
            .backward()
            .gradients(gradient, wanted)
            .forEach((operand, g) -> gradients.merge(node.operands().get(operand), g, ops::add));
      }
    }
    return byParameter;
  }
}
