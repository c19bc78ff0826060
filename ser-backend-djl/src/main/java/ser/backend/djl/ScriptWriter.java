package ser.backend.djl;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.tensor.Tensor;

/** Writes a planned graph as a module: the class, its attributes and the {@code forward} method. */
final class ScriptWriter {
  private final CompilationPlan plan;
  private final Graph graph;
  private final ScriptBody body;
  private final ShapeExpressions shapes;
  private final Map<String, String> attributes = new LinkedHashMap<>(); // parameters by attribute
  private final Set<String> channelsLast = new HashSet<>();
  private final Map<Node, String> arguments = new LinkedHashMap<>();

  ScriptWriter(CompilationPlan plan) {
    this.plan = plan;
    this.graph = plan.graph();
    this.body = new ScriptBody(graph);
    this.shapes = new ShapeExpressions(graph.name());
  }

  TorchScript write() {
    bindInputs();
    bindConstants();
    if (plan.training()) {
      bindPartsOfVector();
    } else {
      bindAttributes();
    }
    bindDimensions();
    bindDevice();
    OperationWriter operations = new OperationWriter(plan, body, shapes);
    for (Node node : graph.nodes()) {
      if (!body.isBound(node) && !plan.fusion().isFused(node)) {
        body.assign(node, operations.expression(node));
      }
    }
    return new TorchScript(source(), attributes, channelsLast);
  }

  private String source() {
    StringBuilder source = new StringBuilder("class Model(Module):\n");
    source
        .append("  __parameters__ = [")
        .append(
            attributes.keySet().stream()
                .map(attribute -> '"' + attribute + "\", ")
                .collect(Collectors.joining()))
        .append("]\n  __buffers__ = []\n  training : bool\n");
    attributes.keySet().forEach(name -> source.append("  ").append(name).append(" : Tensor\n"));
    source.append("  def forward(self: __torch__.Model");
    if (plan.training()) {
      source.append(",\n    vector: Tensor");
    }
    arguments.values().forEach(name -> source.append(",\n    ").append(name).append(": Tensor"));
    source.append(") -> List[Tensor]:\n").append(body.text());
    return source
        .append("    return [")
        .append(
            graph.outputs().values().stream().map(body::tensor).collect(Collectors.joining(", ")))
        .append("]\n")
        .toString();
  }

  /** Arguments keep the inputs' names so that an export can be read. */
  private void bindInputs() {
    for (Node node : graph.inputs()) {
      String argument = "x_" + identifier(((Op.Input) node.op()).name());
      while (arguments.containsValue(argument)) {
        argument += "_";
      }
      arguments.put(node, argument);
      body.bind(node, argument);
    }
  }

  private void bindConstants() {
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Op.Constant constant) {
        body.bind(node, Literals.tensor(constant));
      }
    }
  }

  /** Attributes keep the parameters' names so that an export can be read. */
  private void bindAttributes() {
    Set<Integer> channelsLastWeights = channelsLastWeights();
    for (Node node : parameters()) {
      String name = ((Op.Parameter) node.op()).name();
      String attribute = "w_" + identifier(name);
      while (attributes.containsKey(attribute)) {
        attribute += "_";
      }
      attributes.put(attribute, name);
      if (channelsLastWeights.contains(node.id())) {
        channelsLast.add(attribute);
      }
      body.assign(node, "self." + attribute);
    }
  }

  /** The nodes that oneDNN's convolutions read as weights: stored in the order they are read in. */
  private Set<Integer> channelsLastWeights() {
    Set<Integer> weights = new HashSet<>();
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Op.Conv conv
          && plan.convolution(node, conv) == CompilationPlan.Convolution.CHANNELS_LAST) {
        weights.add(node.operands().get(1));
      }
    }
    return weights;
  }

  /** One split, whose gradient is one concatenation; slices would each cost a whole vector. */
  private void bindPartsOfVector() {
    List<Node> parameters = parameters();
    if (parameters.isEmpty()) {
      return;
    }
    String sizes =
        parameters.stream()
            .map(node -> Long.toString(Tensor.sizeOf(node.type().fixedShape())))
            .collect(Collectors.joining(", "));
    body.assign("parts", "torch.split_with_sizes(vector, [%s])".formatted(sizes));
    for (int i = 0; i < parameters.size(); i++) {
      Node node = parameters.get(i);
      String shape = shapes.dims(node.type().shape());
      body.assign(node, "torch.reshape(parts[%d], %s)".formatted(i, shape));
    }
  }

  private List<Node> parameters() {
    return graph.nodes().stream().filter(node -> node.op() instanceof Op.Parameter).toList();
  }

  private void bindDimensions() {
    arguments.forEach(
        (node, argument) -> {
          for (int axis = 0; axis < node.type().rank(); axis++) {
            if (node.type().dim(axis) instanceof Dim.Symbol symbol && shapes.bind(symbol)) {
              body.assign(shapes.variable(symbol), "torch.size(%s, %d)".formatted(argument, axis));
            }
          }
        });
  }

  /** Tensors made inside are placed where the inputs are, or else where the weights are. */
  private void bindDevice() {
    Optional<String> placed = arguments.values().stream().findFirst();
    if (placed.isEmpty()) {
      placed =
          plan.training()
              ? Optional.of("vector")
              : attributes.keySet().stream().findFirst().map(attribute -> "self." + attribute);
    }
    body.assign(
        "device", placed.map("ops.prim.device(%s)"::formatted).orElse("torch.device(\"cpu\")"));
  }

  /** A name without the characters, such as dots, that an identifier must not have. */
  private static String identifier(String name) {
    return name.replaceAll("\\W", "_");
  }
}
