package ser.backend.djl;

import ai.djl.engine.Engine;
import ai.djl.util.cuda.CudaUtils;
import java.util.ArrayList;
import java.util.List;
import ser.api.BackendException;
import ser.api.Device;
import ser.api.Precision;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.BackendProvider;

/**
 * Provides PyTorch through DJL under the name {@code djl}.
 *
 * <p>Settings, and how far each reaches:
 *
 * <ul>
 *   <li><b>Threads</b> are an option of each backend. PyTorch keeps their number for each calling
 *       thread; it is set before every call, so that backends with different numbers do not affect
 *       each other. Small inputs use one thread whatever the option allows. By default, the number
 *       is PyTorch's: all cores, or {@code OMP_NUM_THREADS}.
 *   <li><b>Precision</b> matters on GPUs only and is one for the process, because NVIDIA's
 *       libraries read it from the environment when they load: the first backend that is opened
 *       decides, or {@link #description} and {@link #devices}, which load PyTorch for float32.
 *       Opening a GPU with another precision afterwards fails. The variables {@code
 *       NVIDIA_TF32_OVERRIDE} and {@code TORCH_ALLOW_TF32_CUBLAS_OVERRIDE} take precedence when
 *       they are set.
 *   <li><b>Downloads</b> are off: the system property {@code ai.djl.offline} is set to true unless
 *       it is set already.
 * </ul>
 */
public final class DjlBackendProvider implements BackendProvider {
  static final String NAME = "djl";

  /** For {@link java.util.ServiceLoader}. */
  public DjlBackendProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int rank() {
    return 100;
  }

  @Override
  public String description() {
    TorchEngine torch = TorchEngine.load(Precision.FLOAT32);
    return "PyTorch %s through DJL %s%s"
        .formatted(
            torch.engine().getVersion(),
            Engine.getDjlVersion(),
            torch.isOneDnnOff() ? ", without oneDNN where it is wrong on this processor" : "");
  }

  @Override
  public List<Device> devices() {
    return devices(TorchEngine.load(Precision.FLOAT32));
  }

  private static List<Device> devices(TorchEngine torch) {
    List<Device> devices = new ArrayList<>();
    devices.add(Device.CPU);
    boolean cuda = CudaUtils.hasCuda() && torch.engine().hasCapability("CUDA");
    for (int index = 0; cuda && index < CudaUtils.getGpuCount(); index++) {
      devices.add(Device.gpu(index));
    }
    return devices;
  }

  @Override
  public Backend open(BackendOptions options) {
    TorchEngine torch = TorchEngine.load(options.precision());
    List<Device> devices = devices(torch);
    Device requested = options.device();
    Device device =
        requested.kind() == Device.Kind.AUTO
            ? (devices.contains(Device.gpu(0)) ? Device.gpu(0) : Device.CPU)
            : requested;
    if (!devices.contains(device)) {
      throw new BackendException(
          "Backend 'djl' has no device %s; it has %s".formatted(device, devices));
    }
    if (device.kind() == Device.Kind.GPU && torch.gpuPrecision() != options.precision()) {
      throw new BackendException(
          "Backend 'djl' cannot compute in %s on %s: this process has loaded PyTorch for %s, and the precision of GPUs is one for the process; open the first backend with the precision that all are to have"
              .formatted(options.precision(), device, torch.gpuPrecision()));
    }
    return new DjlBackend(torch, device, options.threads().orElse(torch.threads()));
  }
}
