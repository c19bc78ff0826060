package ser.backend.djl;

import ai.djl.ndarray.NDManager;
import java.util.Map;
import ser.api.Device;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.spi.support.FunctionRegistry;
import ser.graph.spi.support.InferenceCompiler;
import ser.graph.tensor.Tensor;

/** PyTorch on one device. */
final class DjlBackend implements Backend {
  private final Device device;
  private final int threads;
  private final Kernels kernels;
  private final NDManager manager;
  private final FunctionRegistry<TorchModule> modules =
      new FunctionRegistry<>(DjlBackendProvider.NAME, TorchModule::close);

  /**
   * Opens a device.
   *
   * @param threads the most threads that one call uses on a CPU
   */
  DjlBackend(TorchEngine torch, Device device, int threads) {
    this.device = device;
    this.threads = device.kind() == Device.Kind.CPU ? threads : 1;
    this.kernels = device.kind() == Device.Kind.CPU ? torch.cpuKernels() : Kernels.PORTABLE;
    this.manager =
        torch
            .engine()
            .newBaseManager(
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
    modules.checkOpen();
    return InferenceCompiler.compile(graph, weights, this::load);
  }

  private InferenceFunction load(Graph graph, Map<String, Tensor> weights) {
    TorchScript script = TorchScript.forInference(graph, kernels);
    return new TorchInference(load(graph, TorchArchive.pack(script, weights)));
  }

  @Override
  public GradientFunction differentiate(Graph graph, String loss) {
    modules.checkOpen();
    graph.loss(loss);
    byte[] archive = TorchArchive.pack(TorchScript.forTraining(graph, kernels), Map.of());
    return new TorchGradient(graph, loss, load(graph, archive));
  }

  private TorchModule load(Graph graph, byte[] archive) {
    return modules.register(
        () -> new TorchModule(graph, archive, manager, threads, modules::remove));
  }

  @Override
  public long liveArrays() {
    return manager.getManagedArrays().stream().filter(array -> !array.isReleased()).count();
  }

  @Override
  public void close() {
    modules.close(); // waits for calls in flight, which use memory that the manager frees
    manager.close();
  }
}
