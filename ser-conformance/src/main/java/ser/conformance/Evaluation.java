package ser.conformance;

import java.util.Arrays;
import java.util.Map;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.Tensor;

/**
 * Results of a backend's gradient function.
 *
 * @param outputs by the outputs' names
 * @param gradients by the parameters' names
 */
record Evaluation(Map<String, Tensor> outputs, Map<String, Tensor> gradients) {

  static Evaluation of(
      Backend backend,
      Graph graph,
      String loss,
      Map<String, Tensor> weights,
      Map<String, Tensor> inputs) {
    try (GradientFunction function = backend.differentiate(graph, loss)) {
      return of(function, graph, weights, inputs);
    }
  }

  static Evaluation of(
      GradientFunction function,
      Graph graph,
      Map<String, Tensor> weights,
      Map<String, Tensor> inputs) {
    ParameterVector gradients = new ParameterVector(graph);
    float[] before = new float[gradients.size()];
    Arrays.fill(before, Float.NaN);
    // NaN remains where the function writes nothing.
    gradients.set(before);
    Map<String, Tensor> outputs =
        function.evaluate(new ParameterVector(graph, weights), inputs, gradients);
    return new Evaluation(outputs, gradients.tensors());
  }
}
