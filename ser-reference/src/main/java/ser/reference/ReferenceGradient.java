package ser.reference;

import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import ser.graph.ir.Graph;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/** A gradient function; each call is passed the weights. */
final class ReferenceGradient extends ReferenceFunction implements GradientFunction {
  private final Interpreter interpreter;
  private final String loss;

  ReferenceGradient(Graph graph, String loss) {
    super(graph);
    this.interpreter = new Interpreter(graph);
    this.loss = loss;
    interpreter.checkDifferentiable(loss);
  }

  @Override
  public Map<String, Tensor> evaluate(
      ParameterVector parameters, Map<String, Tensor> inputs, ParameterVector gradients) {
    checkOpen();
    Map<String, DoubleArray> weights = new LinkedHashMap<>();
    parameters.tensors().forEach((name, tensor) -> weights.put(name, DoubleArray.of(tensor)));
    Gradients found = interpreter.differentiate(loss, weights, inputs);
    FloatBuffer target = gradients.floats();
    // The vector holds the parameters in the graph's order, and so do the gradients.
    for (DoubleArray gradient : found.parameters().values()) {
      target.put(gradient.toTensor(DataType.FLOAT32).floats());
    }
    return tensors(found.outputs());
  }

  @Override
  int liveArrays() {
    return 0;
  }
}
