package ser.reference;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import ser.api.BackendException;
import ser.graph.ir.Graph;
import ser.graph.tensor.Tensor;

/** A compiled graph that can be closed. */
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

  /** The outputs, converted to the element types of the graph. */
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

  /** The number of arrays held between calls. */
  abstract int liveArrays();

  final boolean isClosed() {
    return closed;
  }

  /** Refuses further calls; calls in flight complete, since they hold their own references. */
  public void close() {
    closed = true;
  }
}
