package ser.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import ser.conformance.InferenceConformance;
import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;

/** Conformance of exported graphs, run by ONNX Runtime. */
class OnnxConformanceTests extends InferenceConformance {
  @Override
  protected BackendProvider provider() {
    return Backends.named("onnxruntime");
  }

  @Override
  protected Map<String, String> deviations() {
    Map<String, String> deviations = new HashMap<>();
    for (String rule : List.of("2.7", "2.14")) {
      deviations.put(rule + " mean of nothing", "gives 0");
    }
    deviations.put("2.2 silu of nothing", "fails to fold a constant of no elements");
    deviations.put("6.1", "refuses matrix products of no clips whose other operand is broadcast");
    return deviations;
  }
}
