package ser.backend.dl4j;

import java.nio.FloatBuffer;
import java.util.Map;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.spi.ParameterVector.Slot;
import ser.graph.tensor.Tensor;

/** A program whose parameters each call sets anew, with the gradient by each. */
record Dl4jGradient(CompiledFunction function) implements GradientFunction {
  @Override
  public Map<String, Tensor> evaluate(
      ParameterVector parameters, Map<String, Tensor> inputs, ParameterVector gradients) {
    return function.call(
        inputs,
        () -> {
          FloatBuffer vector = parameters.floats();
          parameters.slots().forEach(slot -> function.upload(slot, vector));
        },
        execution -> {
          FloatBuffer vector = gradients.floats();
          for (Slot slot : gradients.slots()) {
            execution.gradient(slot.name(), vector.slice(slot.offset(), slot.size()));
          }
          return execution.outputs();
        });
  }

  @Override
  public void close() {
    function.close();
  }
}
