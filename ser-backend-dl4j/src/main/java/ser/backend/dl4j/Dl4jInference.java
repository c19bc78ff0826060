package ser.backend.dl4j;

import java.util.Map;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** A program that holds its weights. */
record Dl4jInference(CompiledFunction function) implements InferenceFunction {
  @Override
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    return function.call(inputs, () -> {}, Execution::outputs);
  }

  @Override
  public void close() {
    function.close();
  }
}
