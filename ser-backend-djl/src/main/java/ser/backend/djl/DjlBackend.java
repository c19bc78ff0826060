package ser.backend.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import ser.api.BackendException;
import ser.api.graph.Graph;
import ser.api.graph.GraphException;
import ser.api.graph.TrainingForm;
import ser.api.spi.Backend;
import ser.api.spi.Device;
import ser.api.spi.GradientFunction;
import ser.api.spi.InferenceFunction;
import ser.api.tensor.Tensor;

/** PyTorch on one device. */
final class DjlBackend implements Backend {
  private final Device device;
  private final NDManager manager;

  DjlBackend(Engine engine, Device device) {
    this.device = device;
    this.manager =
        engine.newBaseManager(
            device.kind() == Device.Kind.GPU
                ? ai.djl.Device.gpu(device.index())
                : ai.djl.Device.cpu());
  }

  @Override
  public String name() {
    return DjlBackendProvider.NAME;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
    checkOpen();
    graph.checkParameters(weights);
    Graph lowered = TrainingForm.withoutDropouts(graph);
    TorchScript script = TorchScript.withWeights(lowered);
    return new TorchInference(
        new TorchModule(lowered, TorchArchive.pack(script, weights), manager));
  }

  @Override
  public GradientFunction differentiate(Graph graph, String loss) {
    checkOpen();
    if (!graph.outputs().containsKey(loss)) {
      throw new GraphException(
          "Graph '%s' has no output '%s'; it has %s"
              .formatted(graph.name(), loss, graph.outputs().keySet()));
    }
    byte[] archive = TorchArchive.pack(TorchScript.overVector(graph), Map.of());
    return new TorchGradient(graph, loss, new TorchModule(graph, archive, manager));
  }

  private void checkOpen() {
    if (!manager.isOpen()) {
      throw new BackendException("Backend 'djl' is closed");
    }
  }

  /** For tests: the arrays this backend keeps. */
  NDManager manager() {
    return manager;
  }

  @Override
  public void close() {
    manager.close();
  }
}
