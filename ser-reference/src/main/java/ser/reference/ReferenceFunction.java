package ser.reference;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import ser.api.BackendException;
import ser.graph.ir.Graph;
import ser.graph.tensor.Tensor;

/** A compiled graph, until it is closed. */
abstract class ReferenceFunction {
  private final Graph graph;
  private volatile boolean closed;

  ReferenceFunction(Graph graph) {
    this.graph = graph;
  }

  final void checkOpen() {
    if (closed) {
      throw new BackendException(
          "The function compiled from graph '%s' is closed".formatted(graph.name()));
    }
  }

  /** The outputs as the graph's types say. */
  final Map<String, Tensor> tensors(Map<String, DoubleArray> outputs) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    graph
        .outputs()
        .forEach(
            (name, node) ->
                tensors.put(
                    name,
                    Objects.requireNonNull(outputs.get(name)).toTensor(node.type().dataType())));
    return tensors;
  }

  /** How many arrays this holds from call to call. */
  abstract int liveArrays();

  final boolean isClosed() {
    return closed;
  }

  /** Calls under way end as they would have: what they read is theirs. */
  public void close() {
    closed = true;
  }
}
