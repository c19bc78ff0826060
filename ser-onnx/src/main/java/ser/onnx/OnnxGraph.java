package ser.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphException;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.tensor.Tensor;

/**
 * Assembles the ONNX graph of a graph: names, initializers, sizes of dimensions, and the operators
 * that {@link OnnxLowering} emits. To be used once.
 */
final class OnnxGraph {
  private static final Tensor ZERO = Tensor.of(new long[] {0});
  private static final Tensor ONE = Tensor.of(new long[] {1});

  private final Graph graph;
  private final Map<String, Tensor> weights;

  private final Map<String, TensorType> inputs = new LinkedHashMap<>();
  private final Map<String, TensorType> outputs = new LinkedHashMap<>();
  private final Map<String, Tensor> initializers = new LinkedHashMap<>();
  private final List<OnnxNode> nodes = new ArrayList<>();

  /** The empty name is reserved: in ONNX it marks an omitted operand. */
  private final Set<String> taken = new HashSet<>(Set.of(""));

  private final Map<Integer, String> values = new HashMap<>();
  private final Map<Tensor, String> constants = new HashMap<>();
  private final Map<Dim, String> sizes = new HashMap<>();

  /** Prefix of the names of values of the current node. */
  private String scope = "";

  /**
   * Prepares a lowering.
   *
   * @param graph without dropouts and composites
   * @param weights a tensor for each parameter
   */
  OnnxGraph(Graph graph, Map<String, Tensor> weights) {
    this.graph = graph;
    this.weights = weights;
  }

  /** Lowers the graph. */
  OnnxModel model() {
    for (Node node : graph.inputs()) {
      String name = uniqueName(((Op.Input) node.op()).name());
      inputs.put(name, node.type());
      values.put(node.id(), name);
    }
    Map<String, Node> results = new LinkedHashMap<>();
    graph.outputs().forEach((name, node) -> results.put(uniqueName(name), node));
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Op.Parameter parameter) {
        String name = uniqueName(parameter.name());
        initializers.put(name, Objects.requireNonNull(weights.get(parameter.name()), name));
        values.put(node.id(), name);
      }
    }
    OnnxLowering lowering = new OnnxLowering(this);
    for (Node node : graph.nodes()) {
      if (!values.containsKey(node.id())) {
        scope = scope(node);
        values.put(node.id(), node.op().accept(lowering, node));
        nameAfterOutput(node, results);
      }
    }
    scope = "";
    results.forEach(
        (name, node) -> {
          outputs.put(name, node.type());
          if (!value(node).equals(name)) {
            nodes.add(new OnnxNode("Identity", name, List.of(value(node)), name, List.of()));
          }
        });
    return new OnnxModel(graph.name(), inputs, outputs, initializers, nodes);
  }

  /** Renames the result of a node's last operator to the name of the graph's output. */
  private void nameAfterOutput(Node node, Map<String, Node> results) {
    int last = nodes.size() - 1;
    if (last < 0 || !nodes.get(last).output().equals(value(node))) {
      return;
    }
    results.entrySet().stream()
        .filter(result -> result.getValue().id() == node.id())
        .findFirst()
        .ifPresent(
            result -> {
              nodes.set(last, nodes.get(last).withOutput(result.getKey()));
              values.put(node.id(), result.getKey());
            });
  }

  private String uniqueName(String wanted) {
    String name = wanted;
    while (!taken.add(name)) {
      name += "_";
    }
    return name;
  }

  /** The scope of a layer's operators is that of its parameters, which graph viewers show. */
  private String scope(Node node) {
    return node.operands().stream()
        .map(operand -> graph.nodes().get(operand).op())
        .filter(op -> op instanceof Op.Parameter parameter && parameter.name().contains("."))
        .map(op -> ((Op.Parameter) op).name())
        .map(name -> name.substring(0, name.lastIndexOf('.')) + "/")
        .findFirst()
        .orElse("");
  }

  /** The name of a node's value. */
  String value(Node node) {
    return Objects.requireNonNull(values.get(node.id()), "nodes are in topological order");
  }

  Node operand(Node node, int index) {
    return graph.nodes().get(node.operands().get(index));
  }

  /** The names of a node's operands. */
  List<String> operands(Node node) {
    return node.operands().stream().map(operand -> value(graph.nodes().get(operand))).toList();
  }

  /** Adds an operator and returns the name of its result. */
  String emit(String operator, List<String> operands, Attribute... attributes) {
    String name = uniqueName(scope + operator + "_" + nodes.size());
    nodes.add(new OnnxNode(operator, name, operands, name, List.of(attributes)));
    return name;
  }

  String emit(String operator, String operand, Attribute... attributes) {
    return emit(operator, List.of(operand), attributes);
  }

  String constant(Tensor tensor) {
    return constants.computeIfAbsent(
        tensor,
        value -> {
          String name = uniqueName("constant_" + constants.size());
          initializers.put(name, value);
          return name;
        });
  }

  String integers(long... elements) {
    return constant(Tensor.of(elements, elements.length));
  }

  String integers(List<Integer> elements) {
    return integers(elements.stream().mapToLong(Integer::longValue).toArray());
  }

  String real(double value) {
    return constant(Tensor.scalar((float) value));
  }

  String cast(String x, int type) {
    return emit("Cast", x, Attribute.of("to", type));
  }

  // ----------------------------------------------------------------------------------- dimensions

  /** The size of a dimension, an int64 scalar. */
  String size(Dim dim) {
    String known = sizes.get(dim);
    if (known == null) {
      known = dim.isFixed() ? constant(Tensor.of(new long[] {dim.size()})) : computedSize(dim);
      sizes.put(dim, known);
    }
    return known;
  }

  private String computedSize(Dim dim) {
    if (dim instanceof Dim.Quotient quotient) {
      String size = size(quotient.symbol());
      if (quotient.offset() != 0) {
        size = emit("Add", List.of(size, constant(Tensor.of(new long[] {quotient.offset()}))));
      }
      if (quotient.divisor() != 1) {
        // Truncation differs from floor below 0 only, where the maximum with 0 follows.
        size = emit("Div", List.of(size, constant(Tensor.of(new long[] {quotient.divisor()}))));
      }
      return emit("Max", List.of(size, constant(ZERO)));
    }
    for (Node node : graph.inputs()) {
      int axis = node.type().shape().indexOf(dim);
      if (axis >= 0) {
        return emit("Squeeze", length(value(node), axis));
      }
    }
    throw new GraphException(
        "Dimension '%s' has no size: no input of graph '%s' has it".formatted(dim, graph.name()));
  }

  /** The size of one axis of a tensor, int64 [1]. */
  String length(String tensor, int axis) {
    return emit("Shape", tensor, Attribute.of("start", axis), Attribute.of("end", axis + 1L));
  }

  /** 0, 1, … size − 1, int64. */
  String range(Dim size) {
    return emit("Range", List.of(constant(ZERO), size(size), constant(ONE)));
  }
}
