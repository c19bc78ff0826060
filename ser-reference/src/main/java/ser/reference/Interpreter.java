package ser.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import ser.api.BackendException;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphException;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/**
 * Runs a graph in float64, node by node, and goes back through it for gradients. Composites are
 * taken apart into their bodies. Thread-safe.
 *
 * <p>Constants are rounded to float32, as an engine sees them; nothing else is rounded.
 */
public final class Interpreter {
  private final Graph graph;

  /**
   * @param graph any graph without states; dropouts pass their operand on
   * @throws BackendException when the graph holds a state
   */
  public Interpreter(Graph graph) {
    this.graph = graph.decompose(composite -> false);
    for (Node node : this.graph.nodes()) {
      if (node.op() instanceof Op.State) {
        throw Rules.unknown(node.op());
      }
    }
  }

  /**
   * @param parameters an array for each parameter
   * @param inputs a tensor for each input
   * @return an array for each output, in order
   * @throws GraphException when the parameters or inputs do not fit the graph
   * @throws BackendException when an op has no result for such operands
   */
  public Map<String, DoubleArray> run(
      Map<String, DoubleArray> parameters, Map<String, Tensor> inputs) {
    return outputs(forward(parameters, inputs));
  }

  /**
   * @param loss the output, float32 of one element, whose gradient is wanted
   * @param parameters an array for each parameter
   * @param inputs a tensor for each input
   * @return the outputs and the loss's gradient by each parameter
   * @throws GraphException when there is no such loss, or the parameters or inputs do not fit the
   *     graph
   * @throws BackendException when the graph holds a dropout, or an op has no result for such
   *     operands
   */
  public Gradients differentiate(
      String loss, Map<String, DoubleArray> parameters, Map<String, Tensor> inputs) {
    Node node = checkDifferentiable(loss);
    List<DoubleArray> values = forward(parameters, inputs);
    return new Gradients(outputs(values), backward(node, values));
  }

  /** Finds the loss; refuses what {@link #differentiate} cannot do, whatever the inputs. */
  Node checkDifferentiable(String loss) {
    Node node = graph.loss(loss);
    for (Node other : graph.nodes()) {
      if (other.op() instanceof Op.Dropout) {
        throw Rules.unknown(other.op());
      }
    }
    return node;
  }

  private Map<String, DoubleArray> outputs(List<DoubleArray> values) {
    Map<String, DoubleArray> outputs = new LinkedHashMap<>();
    graph.outputs().forEach((name, node) -> outputs.put(name, values.get(node.id())));
    return outputs;
  }

  // ----------------------------------------------------------------------------------- forward

  /** The value of each node, by its id. */
  private List<DoubleArray> forward(
      Map<String, DoubleArray> parameters, Map<String, Tensor> inputs) {
    Map<String, Long> sizes = graph.bind(inputs);
    List<DoubleArray> values = new ArrayList<>();
    for (Node node : graph.nodes()) {
      long[] shape = node.type().shape().stream().mapToLong(dim -> dim.resolve(sizes)).toArray();
      values.add(value(node, shape, values, parameters, inputs));
    }
    return values;
  }

  private DoubleArray value(
      Node node,
      long[] shape,
      List<DoubleArray> values,
      Map<String, DoubleArray> parameters,
      Map<String, Tensor> inputs) {
    if (node.op() instanceof Op.Input input) {
      return DoubleArray.of(Objects.requireNonNull(inputs.get(input.name())));
    } else if (node.op() instanceof Op.Parameter parameter) {
      return parameter(parameter, parameters);
    } else if (node.op() instanceof Op.Constant constant) {
      double value = constant.value();
      boolean isFloat = constant.dataType() == DataType.FLOAT32;
      return new DoubleArray(new double[] {isFloat ? (float) value : value});
    } else if (node.op() instanceof Op.Range) {
      double[] range = new double[Layout.size(shape)];
      Arrays.setAll(range, i -> i);
      return new DoubleArray(range, shape);
    }
    try {
      return Rules.of(node.op(), node.type()).forward(operands(node, values), shape);
    } catch (BackendException e) {
      throw new BackendException(
          "Backend 'reference' failed in graph '%s' at %s: %s"
              .formatted(graph.name(), node.op(), e.getMessage()),
          e);
    }
  }

  private static DoubleArray parameter(
      Op.Parameter parameter, Map<String, DoubleArray> parameters) {
    DoubleArray value = parameters.get(parameter.name());
    if (value == null || !Arrays.equals(value.shape(), parameter.type().fixedShape())) {
      throw new GraphException(
          "Parameter '%s' must be %s, found %s"
              .formatted(parameter.name(), parameter.type(), value == null ? "none" : value));
    }
    return value;
  }

  private static List<DoubleArray> operands(Node node, List<DoubleArray> values) {
    return node.operands().stream().map(values::get).toList();
  }

  // ---------------------------------------------------------------------------------- backward

  /** The loss's gradient by each parameter: the reverse mode of automatic differentiation. */
  private Map<String, DoubleArray> backward(Node loss, List<DoubleArray> values) {
    BitSet learned = dependingOnParameters();
    Map<Integer, DoubleArray> gradients = new HashMap<>();
    gradients.put(loss.id(), new DoubleArray(new double[] {1}, values.get(loss.id()).shape()));
    // Operands stand before those who read them: backwards, a gradient is whole when it is needed.
    for (int id = loss.id(); id >= 0; id--) {
      Node node = graph.nodes().get(id);
      DoubleArray gradient = gradients.get(id);
      if (gradient == null || node.operands().isEmpty()) {
        continue;
      }
      Rule rule = Rules.of(node.op(), node.type());
      Rule.Call call = new Rule.Call(operands(node, values), values.get(id));
      for (int i = 0; i < node.operands().size(); i++) {
        if (learned.get(node.operands().get(i)) && rule.passesGradientTo(i)) {
          gradients.merge(
              node.operands().get(i), rule.backward(i, call, gradient), DoubleArray::plus);
        }
      }
    }
    Map<String, DoubleArray> byParameter = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Op.Parameter parameter) {
        DoubleArray none = DoubleArray.zeros(parameter.type().fixedShape());
        byParameter.put(parameter.name(), gradients.getOrDefault(node.id(), none));
      }
    }
    return byParameter;
  }

  /** The nodes through which a gradient reaches a parameter; the way to inputs is not gone. */
  private BitSet dependingOnParameters() {
    BitSet learned = new BitSet();
    for (Node node : graph.nodes()) {
      learned.set(
          node.id(),
          node.op() instanceof Op.Parameter || node.operands().stream().anyMatch(learned::get));
    }
    return learned;
  }
}
