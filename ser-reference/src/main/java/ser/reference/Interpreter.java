package ser.reference;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ser.api.BackendException;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphException;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.rewrite.Decomposition;
import ser.graph.rewrite.GradientReach;
import ser.graph.tensor.Tensor;

/**
 * Interprets a graph in float64, node by node, and differentiates it by reverse-mode automatic
 * differentiation. Composites are replaced with their bodies. Thread-safe.
 *
 * <p>Constants are rounded to float32, as an engine sees them; nothing else is rounded.
 */
public final class Interpreter {
  private final Graph graph;

  /**
   * Prepares a graph.
   *
   * @param graph any graph without states; dropouts are the identity
   * @throws BackendException when the graph holds a state
   */
  public Interpreter(Graph graph) {
    this.graph = Decomposition.decompose(graph);
    for (Node node : this.graph.nodes()) {
      if (node.op() instanceof Op.State) {
        throw SemanticsByOp.unknown(node.op());
      }
    }
  }

  /**
   * Computes the outputs.
   *
   * @param parameters an array for each parameter
   * @param inputs a tensor for each input
   * @return an array for each output, in order
   * @throws GraphException when the parameters or inputs do not fit the graph
   * @throws BackendException when an op has no result for such operands
   */
  public Map<String, DoubleArray> run(
      Map<String, DoubleArray> parameters, Map<String, Tensor> inputs) {
    return outputs(forward(new SemanticsByOp(parameters, inputs)));
  }

  /**
   * Computes the outputs and the gradient of one of them.
   *
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
    SemanticsByOp semantics = new SemanticsByOp(parameters, inputs);
    List<DoubleArray> values = forward(semantics);
    return new Gradients(outputs(values), backward(node, values, semantics));
  }

  /** Finds the loss; refuses graphs that {@link #differentiate} cannot handle for any inputs. */
  Node checkDifferentiable(String loss) {
    Node node = graph.loss(loss);
    for (Node other : graph.nodes()) {
      if (other.op() instanceof Op.Dropout) {
        throw SemanticsByOp.unknown(other.op());
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
  private List<DoubleArray> forward(SemanticsByOp semantics) {
    Map<String, Long> sizes = graph.bind(semantics.inputs());
    List<DoubleArray> values = new ArrayList<>();
    for (Node node : graph.nodes()) {
      long[] shape = node.type().shape().stream().mapToLong(dim -> dim.resolve(sizes)).toArray();
      values.add(value(node, shape, values, semantics));
    }
    return values;
  }

  private DoubleArray value(
      Node node, long[] shape, List<DoubleArray> values, SemanticsByOp semantics) {
    try {
      return node.op().accept(semantics, node.type()).forward(operands(node, values), shape);
    } catch (BackendException e) {
      throw new BackendException(
          "Backend 'reference' failed in graph '%s' at %s: %s"
              .formatted(graph.name(), node.op(), e.getMessage()),
          e);
    }
  }

  private static List<DoubleArray> operands(Node node, List<DoubleArray> values) {
    return node.operands().stream().map(values::get).toList();
  }

  // ---------------------------------------------------------------------------------- backward

  /** The loss's gradient by each parameter, by reverse-mode automatic differentiation. */
  private Map<String, DoubleArray> backward(
      Node loss, List<DoubleArray> values, SemanticsByOp semantics) {
    GradientReach reach = GradientReach.of(graph);
    Map<Integer, DoubleArray> gradients = new HashMap<>();
    gradients.put(loss.id(), new DoubleArray(new double[] {1}, values.get(loss.id()).shape()));
    // Nodes are in topological order: in reverse, a gradient is complete when it is read.
    for (int id = loss.id(); id >= 0; id--) {
      Node node = graph.nodes().get(id);
      DoubleArray gradient = gradients.get(id);
      if (gradient == null || node.operands().isEmpty()) {
        continue;
      }
      OpSemantics operation = node.op().accept(semantics, node.type());
      OpSemantics.Call call = new OpSemantics.Call(operands(node, values), values.get(id));
      for (int i = 0; i < node.operands().size(); i++) {
        if (reach.reachesParameter(node, i)) {
          gradients.merge(
              node.operands().get(i), operation.backward(i, call, gradient), DoubleArray::plus);
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
}
