package ser.backend.djl;

import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ser.api.BackendException;
import ser.api.Device;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.spi.support.InferenceCompiler;
import ser.graph.tensor.Tensor;

/** PyTorch on one device. */
final class DjlBackend implements Backend {
  private final Device device;
  private final int threads;
  private final Kernels kernels;
  private final NDManager manager;
  private final Set<TorchModule> modules = new HashSet<>();
  private boolean closed;

  /**
   * A backend.
   *
   * @param threads how many of the processor's a call may use
   */
  DjlBackend(Engine engine, Device device, int threads) {
    this.device = device;
    this.threads = device.kind() == Device.Kind.CPU ? threads : 1;
    this.kernels =
        device.kind() == Device.Kind.CPU && engine.hasCapability(StandardCapabilities.MKLDNN)
            ? Kernels.ONEDNN
            : Kernels.PORTABLE;
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
    return InferenceCompiler.compile(graph, weights, this::load);
  }

  private InferenceFunction load(Graph graph, Map<String, Tensor> weights) {
    TorchScript script = TorchScript.withWeights(graph, kernels);
    return new TorchInference(load(graph, TorchArchive.pack(script, weights)));
  }

  @Override
  public GradientFunction differentiate(Graph graph, String loss) {
    checkOpen();
    graph.loss(loss);
    byte[] archive = TorchArchive.pack(TorchScript.overVector(graph, kernels), Map.of());
    return new TorchGradient(graph, loss, load(graph, archive));
  }

  private synchronized TorchModule load(Graph graph, byte[] archive) {
    checkOpen();
    TorchModule module = new TorchModule(graph, archive, manager, threads, this::forget);
    modules.add(module);
    return module;
  }

  private synchronized void forget(TorchModule module) {
    modules.remove(module);
  }

  private synchronized void checkOpen() {
    if (closed) {
      throw new BackendException("Backend 'djl' is closed");
    }
  }

  @Override
  public long liveArrays() {
    return manager.getManagedArrays().stream().filter(array -> !array.isReleased()).count();
  }

  @Override
  public void close() {
    List<TorchModule> open;
    synchronized (this) {
      open = List.copyOf(modules);
      closed = true;
    }
    // Each waits for the calls under way in it, which use memory that the manager would free.
    open.forEach(TorchModule::close);
    manager.close();
  }
}
