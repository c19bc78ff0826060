package ser.conformance;

import java.util.LinkedHashMap;
import java.util.Map;
import ser.graph.ir.Graph;
import ser.graph.tensor.Tensor;
import ser.reference.DoubleArray;
import ser.reference.Gradients;
import ser.reference.Interpreter;

/** Expected results: outputs and gradients of the reference in float64. */
final class Reference {
  /** Step of central differences: their error is its square times the third derivative. */
  private static final double STEP = 1e-5;

  private Reference() {}

  /** The outputs. */
  static Map<String, DoubleArray> run(
      Graph graph, Map<String, Tensor> weights, Map<String, Tensor> inputs) {
    return new Interpreter(graph).run(doubles(weights), inputs);
  }

  /** The outputs and the loss's gradient by each parameter, by back-propagation. */
  static Gradients differentiate(
      Graph graph, String loss, Map<String, Tensor> weights, Map<String, Tensor> inputs) {
    return new Interpreter(graph).differentiate(loss, doubles(weights), inputs);
  }

  /** The loss's derivative by each element of each parameter, by central differences. */
  static Map<String, DoubleArray> slopes(
      Graph graph, String loss, Map<String, Tensor> weights, Map<String, Tensor> inputs) {
    Interpreter interpreter = new Interpreter(graph);
    Map<String, DoubleArray> point = doubles(weights);
    Map<String, DoubleArray> slopes = new LinkedHashMap<>();
    point.forEach(
        (name, parameter) -> {
          double[] elements = parameter.elements();
          double[] slope = new double[elements.length];
          for (int i = 0; i < slope.length; i++) {
            double middle = elements[i];
            elements[i] = middle + STEP;
            double above = Tensors.get(interpreter.run(point, inputs), loss).elements()[0];
            elements[i] = middle - STEP;
            double below = Tensors.get(interpreter.run(point, inputs), loss).elements()[0];
            elements[i] = middle;
            slope[i] = (above - below) / (2 * STEP);
          }
          slopes.put(name, new DoubleArray(slope, parameter.shape()));
        });
    return slopes;
  }

  private static Map<String, DoubleArray> doubles(Map<String, Tensor> weights) {
    Map<String, DoubleArray> doubles = new LinkedHashMap<>();
    weights.forEach((name, tensor) -> doubles.put(name, DoubleArray.of(tensor)));
    return doubles;
  }
}
