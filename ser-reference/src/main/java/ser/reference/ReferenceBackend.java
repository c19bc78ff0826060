package ser.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ser.api.BackendException;
import ser.api.Device;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** The interpreter as a backend: float32 at its borders, float64 inside. */
final class ReferenceBackend implements Backend {
  private final List<ReferenceFunction> functions = new ArrayList<>();
  private boolean closed;

  @Override
  public String name() {
    return ReferenceBackendProvider.NAME;
  }

  @Override
  public Device device() {
    return Device.CPU;
  }

  @Override
  public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
    checkOpen();
    graph.checkParameters(weights);
    return register(new ReferenceInference(graph, weights));
  }

  @Override
  public GradientFunction differentiate(Graph graph, String loss) {
    checkOpen();
    return register(new ReferenceGradient(graph, loss));
  }

  private synchronized <T extends ReferenceFunction> T register(T function) {
    checkOpen();
    functions.removeIf(ReferenceFunction::isClosed);
    functions.add(function);
    return function;
  }

  private synchronized void checkOpen() {
    if (closed) {
      throw new BackendException("Backend 'reference' is closed");
    }
  }

  @Override
  public synchronized long liveArrays() {
    return functions.stream().mapToLong(ReferenceFunction::liveArrays).sum();
  }

  @Override
  public synchronized void close() {
    closed = true;
    functions.forEach(ReferenceFunction::close);
    functions.clear();
  }
}
