package ser.reference;

import java.util.LinkedHashMap;
import java.util.Map;
import ser.graph.ir.Graph;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** An inference function: a graph with its weights. */
final class ReferenceInference extends ReferenceFunction implements InferenceFunction {
  private final Interpreter interpreter;
  private volatile Map<String, DoubleArray> weights;

  ReferenceInference(Graph graph, Map<String, Tensor> weights) {
    super(graph);
    this.interpreter = new Interpreter(graph);
    Map<String, DoubleArray> arrays = new LinkedHashMap<>();
    weights.forEach((name, tensor) -> arrays.put(name, DoubleArray.of(tensor)));
    this.weights = arrays;
  }

  @Override
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    // Read before the check: close() marks the function as closed first, then drops the weights.
    Map<String, DoubleArray> held = weights;
    checkOpen();
    return tensors(interpreter.run(held, inputs));
  }

  @Override
  int liveArrays() {
    return weights.size();
  }

  @Override
  public void close() {
    super.close();
    weights = Map.of();
  }
}
