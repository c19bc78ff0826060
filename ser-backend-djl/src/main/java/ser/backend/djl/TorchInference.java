package ser.backend.djl;

import java.util.Map;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** A module that holds its weights. */
record TorchInference(TorchModule module) implements InferenceFunction {
  @Override
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    return module.call(inputs, scope -> module.download(module.infer(scope)));
  }

  @Override
  public void close() {
    module.close();
  }
}
