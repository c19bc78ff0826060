package ser.graph.rewrite;

import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import ser.api.BackendException;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.GraphException;
import ser.graph.ir.Initializer;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.Value;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/**
 * Constant folding: subgraphs that depend only on parameters and constants are evaluated at compile
 * time and become parameters, such as a normalisation folded into a convolution. For inference;
 * dropouts, states and what they feed are not folded.
 */
public final class ConstantFolding {
  private ConstantFolding() {}

  /** Evaluates a graph at compile time. */
  @FunctionalInterface
  public interface Evaluator {
    /**
     * Evaluates a graph without inputs.
     *
     * @param graph the constant subgraph
     * @param weights a tensor for each of its parameters, by name
     * @return a tensor for each of its outputs, by name
     * @throws BackendException when the graph cannot be evaluated
     */
    Map<String, Tensor> evaluate(Graph graph, Map<String, Tensor> weights);
  }

  /**
   * A folded graph and its weights.
   *
   * @param graph the graph, of the same name, inputs and outputs
   * @param weights a tensor for each parameter of the folded graph, by name
   */
  public record Folded(Graph graph, Map<String, Tensor> weights) {
    /** Copies the weights. */
    public Folded {
      weights = Map.copyOf(weights);
    }
  }

  /**
   * Folds the constants of a graph.
   *
   * @param graph the graph
   * @param weights a tensor for each of its parameters, by name
   * @param evaluator evaluates the constant subgraph; called at most once. Where it throws a {@link
   *     BackendException}, nothing is folded, and the run reports the error
   * @return the folded graph and its weights
   * @throws GraphException when the weights do not fit the graph
   */
  public static Folded fold(Graph graph, Map<String, Tensor> weights, Evaluator evaluator) {
    graph.checkParameters(weights);
    Map<Integer, String> folded = foldableNodes(graph);
    if (folded.isEmpty()) {
      return new Folded(graph, weights);
    }
    Map<String, Integer> outputs = new LinkedHashMap<>();
    folded.forEach((id, name) -> outputs.put(name, id));
    Graph constantSubgraph = graph.withOutputs(outputs);
    Map<String, Tensor> allWeights = new HashMap<>(weights);
    try {
      allWeights.putAll(evaluator.evaluate(constantSubgraph, weightsOf(constantSubgraph, weights)));
    } catch (BackendException e) {
      return new Folded(graph, weights);
    }
    Graph remaining = replaceWithParameters(graph, folded);
    return new Folded(remaining, weightsOf(remaining, allWeights));
  }

  /**
   * The roots of the constant subgraphs: constant nodes that are outputs or operands of nodes that
   * are not constant. Each with the name of the parameter that replaces it.
   */
  private static Map<Integer, String> foldableNodes(Graph graph) {
    BitSet constant = new BitSet();
    BitSet neededAtRunTime = new BitSet();
    for (Node node : graph.nodes()) {
      if (isConstant(node, constant)) {
        constant.set(node.id());
      } else {
        node.operands().forEach(neededAtRunTime::set);
      }
    }
    graph.outputs().values().forEach(node -> neededAtRunTime.set(node.id()));
    Map<Integer, String> names = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      if (constant.get(node.id()) && neededAtRunTime.get(node.id()) && !node.operands().isEmpty()) {
        names.put(node.id(), unusedName(graph, "folded:" + node.id()));
      }
    }
    return names;
  }

  private static boolean isConstant(Node node, BitSet constant) {
    Op op = node.op();
    if (node.operands().isEmpty()) {
      return op instanceof Op.Parameter
          || op instanceof Op.Constant
          || (op instanceof Op.Range range && range.length().isFixed());
    }
    // What is folded becomes a parameter, and those are float32 with fixed dimensions.
    return !(op instanceof Op.Dropout)
        && node.type().dataType() == DataType.FLOAT32
        && node.type().shape().stream().allMatch(Dim::isFixed)
        && node.operands().stream().allMatch(constant::get);
  }

  private static String unusedName(Graph graph, String name) {
    return graph.parameters().stream().anyMatch(parameter -> parameter.name().equals(name))
        ? unusedName(graph, name + "'")
        : name;
  }

  /** Replaces the folded nodes by parameters, and removes the nodes that only those needed. */
  private static Graph replaceWithParameters(Graph graph, Map<Integer, String> folded) {
    BitSet needed = new BitSet();
    graph.outputs().values().forEach(node -> needed.set(node.id()));
    graph.inputs().forEach(node -> needed.set(node.id()));
    for (int id = graph.nodes().size() - 1; id >= 0; id--) {
      if (needed.get(id) && !folded.containsKey(id)) {
        graph.nodes().get(id).operands().forEach(needed::set);
      }
    }
    GraphBuilder builder = new GraphBuilder(graph.name());
    Value[] values = new Value[graph.nodes().size()];
    for (int id = needed.nextSetBit(0); id >= 0; id = needed.nextSetBit(id + 1)) {
      Node node = graph.nodes().get(id);
      @Nullable String name = folded.get(id);
      List<Value> operands =
          name == null ? node.operands().stream().map(o -> values[o]).toList() : List.of();
      Op op = name == null ? node.op() : new Op.Parameter(name, node.type(), Initializer.zeros());
      values[id] = builder.add(op, operands);
    }
    graph.outputs().forEach((output, node) -> builder.output(output, values[node.id()]));
    return builder.build();
  }

  private static Map<String, Tensor> weightsOf(Graph graph, Map<String, Tensor> allWeights) {
    Map<String, Tensor> weights = new HashMap<>();
    for (Op.Parameter parameter : graph.parameters()) {
      weights.put(parameter.name(), Objects.requireNonNull(allWeights.get(parameter.name())));
    }
    return weights;
  }
}
