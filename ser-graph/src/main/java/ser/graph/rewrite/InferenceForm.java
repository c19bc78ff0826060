package ser.graph.rewrite;

import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
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
 * A graph and its weights in the form in which backends infer: without dropouts, and with what
 * depends on weights alone, such as a normalisation folded into a convolution, computed once
 * instead of in each run.
 *
 * @param graph what a run computes: of the same name, inputs and outputs
 * @param weights a tensor for each parameter it has
 */
public record InferenceForm(Graph graph, Map<String, Tensor> weights) {
  /** Copies the weights. */
  public InferenceForm {
    weights = Map.copyOf(weights);
  }

  /**
   * Prepares a graph.
   *
   * @param graph what to compute
   * @param weights a tensor for each of its parameters
   * @param compute runs a graph that has no inputs on weights, and gives its outputs; what it
   *     refuses is left to the runs
   * @return the form
   * @throws GraphException when the weights do not fit the graph
   */
  public static InferenceForm of(
      Graph graph,
      Map<String, Tensor> weights,
      BiFunction<Graph, Map<String, Tensor>, Map<String, Tensor>> compute) {
    graph.checkParameters(weights);
    Graph plain = TrainingForm.withoutDropouts(graph);
    Map<Integer, String> names = namesOfComputable(plain);
    if (names.isEmpty()) {
      return new InferenceForm(plain, weights);
    }
    Map<String, Integer> wanted = new LinkedHashMap<>();
    names.forEach((id, name) -> wanted.put(name, id));
    Graph beforehand = plain.withOutputs(wanted);
    Map<String, Tensor> all = new HashMap<>(weights);
    try {
      all.putAll(compute.apply(beforehand, weightsOf(beforehand, weights)));
    } catch (BackendException e) {
      return new InferenceForm(plain, weights);
    }
    Graph rest = rest(plain, names);
    return new InferenceForm(rest, weightsOf(rest, all));
  }

  /** What needs no input and is read by what does, or is an output: a parameter's name for each. */
  private static Map<Integer, String> namesOfComputable(Graph graph) {
    BitSet known = new BitSet();
    BitSet read = new BitSet();
    for (Node node : graph.nodes()) {
      boolean fixed =
          node.type().dataType() == DataType.FLOAT32
              && node.type().shape().stream().allMatch(Dim::isFixed);
      boolean leaf = node.operands().isEmpty();
      if (leaf ? isAtHand(node) : fixed && node.operands().stream().allMatch(known::get)) {
        known.set(node.id());
      } else {
        node.operands().forEach(read::set);
      }
    }
    graph.outputs().values().forEach(node -> read.set(node.id()));
    Map<Integer, String> names = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      if (known.get(node.id()) && read.get(node.id()) && !node.operands().isEmpty()) {
        names.put(node.id(), unused(graph, "computed:" + node.id()));
      }
    }
    return names;
  }

  private static boolean isAtHand(Node leaf) {
    return leaf.op() instanceof Op.Parameter
        || leaf.op() instanceof Op.Constant
        || (leaf.op() instanceof Op.Range range && range.length().isFixed());
  }

  private static String unused(Graph graph, String name) {
    return graph.parameters().stream().anyMatch(parameter -> parameter.name().equals(name))
        ? unused(graph, name + "'")
        : name;
  }

  /**
   * The graph with parameters in the place of what was computed, and without what only that read.
   */
  private static Graph rest(Graph graph, Map<Integer, String> names) {
    BitSet needed = new BitSet();
    graph.outputs().values().forEach(node -> needed.set(node.id()));
    graph.inputs().forEach(node -> needed.set(node.id()));
    for (int id = graph.nodes().size() - 1; id >= 0; id--) {
      if (needed.get(id) && !names.containsKey(id)) {
        graph.nodes().get(id).operands().forEach(needed::set);
      }
    }
    GraphBuilder builder = new GraphBuilder(graph.name());
    Value[] values = new Value[graph.nodes().size()];
    for (int id = needed.nextSetBit(0); id >= 0; id = needed.nextSetBit(id + 1)) {
      Node node = graph.nodes().get(id);
      @Nullable String name = names.get(id);
      List<Value> operands =
          name == null ? node.operands().stream().map(o -> values[o]).toList() : List.of();
      Op op = name == null ? node.op() : new Op.Parameter(name, node.type(), Initializer.zeros());
      values[id] = builder.add(op, operands);
    }
    graph.outputs().forEach((output, node) -> builder.output(output, values[node.id()]));
    return builder.build();
  }

  private static Map<String, Tensor> weightsOf(Graph graph, Map<String, Tensor> all) {
    Map<String, Tensor> weights = new HashMap<>();
    for (Op.Parameter parameter : graph.parameters()) {
      weights.put(parameter.name(), Objects.requireNonNull(all.get(parameter.name())));
    }
    return weights;
  }
}
