package ser.graph.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import ser.api.BackendException;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/**
 * An immutable tensor graph: one definition of a model that every backend compiles.
 *
 * <p>Nodes stand in an order in which each comes after its operands. {@link GraphBuilder} makes
 * graphs and checks them; what a {@code Graph} holds is therefore well-formed.
 */
public final class Graph {
  private final String name;
  private final List<Node> nodes;
  private final Map<String, Integer> outputs;

  Graph(String name, List<Node> nodes, Map<String, Integer> outputs) {
    this.name = name;
    this.nodes = List.copyOf(nodes);
    this.outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  /** {@return the graph's name in texts and messages} */
  public String name() {
    return name;
  }

  /** {@return all nodes, operands before those who read them; a node's id is its index} */
  public List<Node> nodes() {
    return nodes;
  }

  /** {@return the results by name, in the order in which they were declared} */
  public Map<String, Node> outputs() {
    Map<String, Node> byName = new LinkedHashMap<>();
    outputs.forEach((output, id) -> byName.put(output, nodes.get(id)));
    return Collections.unmodifiableMap(byName);
  }

  /**
   * Finds an output that gradients can be taken of.
   *
   * @param output its name
   * @return the node
   * @throws GraphException when there is no such output, or it is not float32 of one element
   */
  public Node loss(String output) {
    Node node = nodes.get(id(output));
    TensorType type = node.type();
    if (type.dataType() != DataType.FLOAT32 || !type.shape().stream().allMatch(Dim.of(1)::equals)) {
      throw new GraphException(
          "The loss '%s' must be float32 of one element, found %s".formatted(output, type));
    }
    return node;
  }

  /** {@return the nodes whose op is {@link Op.Input}, in order} */
  public List<Node> inputs() {
    return nodes.stream().filter(node -> node.op() instanceof Op.Input).toList();
  }

  /** {@return the parameters, in order} */
  public List<Op.Parameter> parameters() {
    return nodes.stream()
        .map(Node::op)
        .filter(Op.Parameter.class::isInstance)
        .map(Op.Parameter.class::cast)
        .toList();
  }

  /**
   * Draws where training starts. What a parameter gets depends on the seed and its own name alone,
   * not on what else the graph holds.
   *
   * @param seed any number
   * @return a tensor for each parameter, in order
   */
  public Map<String, Tensor> initialParameters(long seed) {
    Map<String, Tensor> initial = new LinkedHashMap<>();
    for (Op.Parameter parameter : parameters()) {
      long[] shape = parameter.type().fixedShape();
      SplittableRandom random =
          new SplittableRandom(seed * 0x9E3779B97F4A7C15L + parameter.name().hashCode());
      int size = (int) Tensor.sizeOf(shape);
      initial.put(parameter.name(), Tensor.of(parameter.initializer().draw(size, random), shape));
    }
    return initial;
  }

  /**
   * Cuts the graph down to what some of its outputs need; inputs and parameters that serve nothing
   * else go as well.
   *
   * @param wanted names of outputs
   * @return the smaller graph
   * @throws GraphException when there is no such output
   */
  public Graph select(Collection<String> wanted) {
    GraphBuilder builder = new GraphBuilder(name);
    Value[] values = copyInto(builder, needed(wanted), (b, node, operands) -> Optional.empty());
    wanted.forEach(output -> builder.output(output, values[id(output)]));
    return builder.build();
  }

  /**
   * Selects some of the outputs.
   *
   * @param wanted names of outputs
   * @return the smaller graph
   * @throws GraphException when there is no such output
   * @see #select(Collection)
   */
  public Graph select(String... wanted) {
    return select(List.of(wanted));
  }

  /**
   * Cuts the graph down to some of its nodes, which become the outputs.
   *
   * @param wanted the id of a node for each name of an output
   * @return the smaller graph, without inputs and parameters that serve nothing in it
   */
  public Graph withOutputs(Map<String, Integer> wanted) {
    return new Graph(name, nodes, wanted).select(wanted.keySet());
  }

  /** A rule of a rewrite: what stands in the place of a node. */
  @FunctionalInterface
  public interface Rewrite {
    /**
     * Replaces a node.
     *
     * @param builder makes what is needed in the new graph
     * @param node the node in the old graph
     * @param operands its operands in the new graph
     * @return what takes the node's place, or nothing to keep the node as it is
     */
    Optional<Value> replace(GraphBuilder builder, Node node, List<Value> operands);
  }

  /**
   * Builds the graph anew, node by node; what no output needs is left out.
   *
   * @param rewrite decides on each node
   * @return the new graph, with the same outputs, and with the same inputs, parameters and states
   *     where the rewrite keeps them
   */
  public Graph rewrite(Rewrite rewrite) {
    GraphBuilder builder = new GraphBuilder(name);
    Value[] values = copyInto(builder, neededWithLeaves(), rewrite);
    outputs.forEach((output, id) -> builder.output(output, values[id]));
    return builder.build();
  }

  /** Adds a body of one output to a graph that is being built, on values of that graph. */
  Value addTo(GraphBuilder builder, List<Value> operands) {
    List<Node> inputs = inputs();
    Map<Integer, Value> bound = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      bound.put(inputs.get(i).id(), operands.get(i));
    }
    Value[] values =
        copyInto(
            builder,
            neededWithLeaves(),
            (b, node, all) -> Optional.ofNullable(bound.get(node.id())));
    return values[outputs.values().iterator().next()];
  }

  /** The nodes that some outputs need. */
  private BitSet needed(Collection<String> wanted) {
    BitSet needed = new BitSet(nodes.size());
    wanted.forEach(output -> needed.set(id(output)));
    for (int id = nodes.size() - 1; id >= 0; id--) {
      if (needed.get(id)) {
        nodes.get(id).operands().forEach(needed::set);
      }
    }
    return needed;
  }

  /** Inputs, parameters and states are kept even when unused: callers supply them. */
  private BitSet neededWithLeaves() {
    BitSet needed = needed(outputs.keySet());
    for (Node node : nodes) {
      if (isLeaf(node.op())) {
        needed.set(node.id());
      }
    }
    return needed;
  }

  private static boolean isLeaf(Op op) {
    return op instanceof Op.Input || op instanceof Op.Parameter || op instanceof Op.State;
  }

  private Value[] copyInto(GraphBuilder builder, BitSet needed, Rewrite rewrite) {
    Value[] values = new Value[nodes.size()];
    for (int id = needed.nextSetBit(0); id >= 0; id = needed.nextSetBit(id + 1)) {
      Node node = nodes.get(id);
      List<Value> operands = node.operands().stream().map(operand -> values[operand]).toList();
      values[id] =
          rewrite
              .replace(builder, node, operands)
              .orElseGet(() -> builder.add(node.op(), operands));
    }
    return values;
  }

  private int id(String output) {
    Integer id = outputs.get(output);
    if (id == null) {
      throw new GraphException(
          "Graph '%s' has no output '%s'; it has %s".formatted(name, output, outputs.keySet()));
    }
    return id;
  }

  /**
   * Checks a run's inputs and finds the sizes of the named dimensions.
   *
   * @param supplied the tensors for {@link #inputs()}, by name
   * @return the size of each named dimension
   * @throws GraphException when a tensor is missing, unknown, or of another type or shape, or when
   *     a node has a dimension that no input binds
   * @throws BackendException when an operation has no result for these sizes, such as a window that
   *     is longer than its axis, or a maximum along an empty axis
   */
  public Map<String, Long> bind(Map<String, Tensor> supplied) {
    Map<String, Long> sizes = new HashMap<>();
    List<Node> inputs = inputs();
    for (Node node : inputs) {
      Op.Input input = (Op.Input) node.op();
      Tensor tensor = supplied.get(input.name());
      if (tensor == null) {
        throw new GraphException(
            "Input '%s' %s is missing; supplied: %s"
                .formatted(input.name(), input.type(), supplied.keySet()));
      }
      if (tensor.dataType() != input.type().dataType() || tensor.rank() != input.type().rank()) {
        throw unfit(input, tensor);
      }
      for (int axis = 0; axis < tensor.rank(); axis++) {
        if (input.type().dim(axis) instanceof Dim.Symbol symbol) {
          Long known = sizes.putIfAbsent(symbol.name(), tensor.dim(axis));
          if (known != null && known != tensor.dim(axis)) {
            throw new GraphException(
                "Input '%s' has %s = %d, but another input has %d"
                    .formatted(input.name(), symbol, tensor.dim(axis), known));
          }
        }
      }
    }
    for (Node node : inputs) {
      Op.Input input = (Op.Input) node.op();
      Tensor tensor = supplied.get(input.name());
      long[] expected =
          input.type().shape().stream().mapToLong(dim -> dim.resolve(sizes)).toArray();
      if (tensor == null || !Arrays.equals(expected, tensor.shape())) {
        throw unfit(input, tensor == null ? Tensor.scalar(0) : tensor);
      }
    }
    if (supplied.size() != inputs.size()) {
      List<String> unknown = new ArrayList<>(supplied.keySet());
      inputs.forEach(node -> unknown.remove(((Op.Input) node.op()).name()));
      throw new GraphException("Graph '%s' has no input %s".formatted(name, unknown));
    }
    checkBound(sizes);
    checkSizes(sizes, name);
    return sizes;
  }

  /** A range or a mask may name a dimension of its own; a body's dimensions are its graph's. */
  private void checkBound(Map<String, Long> sizes) {
    for (Node node : nodes) {
      node.type().shape().forEach(dim -> dim.resolve(sizes));
      if (node.op() instanceof Op.Composite composite) {
        composite.body().checkBound(sizes);
      }
    }
  }

  private void checkSizes(Map<String, Long> sizes, String graph) {
    for (Node node : nodes) {
      Optional<String> error =
          node.op().sizeError(operand -> nodes.get(node.operands().get(operand)).type(), sizes);
      if (error.isPresent()) {
        throw new BackendException(
            "Inputs of these sizes do not fit graph '%s': %s".formatted(graph, error.get()));
      }
      if (node.op() instanceof Op.Composite composite) {
        composite.body().checkSizes(sizes, graph);
      }
    }
  }

  private static GraphException unfit(Op.Input input, Tensor found) {
    return new GraphException(
        "Input '%s' must be %s, found %s".formatted(input.name(), input.type(), found));
  }

  /**
   * Checks a set of weights against the parameters.
   *
   * @param weights tensors by parameter name
   * @throws GraphException when one is missing, unknown, or of another type or shape
   */
  public void checkParameters(Map<String, Tensor> weights) {
    List<String> unknown = new ArrayList<>(weights.keySet());
    for (Op.Parameter parameter : parameters()) {
      Tensor tensor = weights.get(parameter.name());
      if (tensor == null) {
        throw new GraphException(
            "Parameter '%s' %s is missing".formatted(parameter.name(), parameter.type()));
      }
      if (tensor.dataType() != parameter.type().dataType()
          || !Arrays.equals(tensor.shape(), parameter.type().fixedShape())) {
        throw new GraphException(
            "Parameter '%s' must be %s, found %s"
                .formatted(parameter.name(), parameter.type(), tensor));
      }
      unknown.remove(parameter.name());
    }
    if (!unknown.isEmpty()) {
      throw new GraphException("Graph '%s' has no parameter %s".formatted(name, unknown));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Graph that
        && name.equals(that.name)
        && nodes.equals(that.nodes)
        && List.copyOf(outputs.entrySet()).equals(List.copyOf(that.outputs.entrySet()));
  }

  @Override
  public int hashCode() {
    return 31 * nodes.hashCode() + outputs.hashCode();
  }

  /** The graph's text, as {@link GraphText} writes it. */
  @Override
  public String toString() {
    return GraphText.write(this);
  }
}
