package ser.backend.djl;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import java.util.ArrayList;
import java.util.List;
import ser.api.BackendException;
import ser.api.Device;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.BackendProvider;

/** Announces PyTorch through DJL under the name {@code djl}. */
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
    return "PyTorch %s through DJL %s".formatted(engine().getVersion(), Engine.getDjlVersion());
  }

  @Override
  public List<Device> devices() {
    engine();
    List<Device> devices = new ArrayList<>();
    devices.add(Device.CPU);
    int gpus = CudaUtils.hasCuda() && engine().hasCapability("CUDA") ? CudaUtils.getGpuCount() : 0;
    for (int index = 0; index < gpus; index++) {
      devices.add(Device.gpu(index));
    }
    return devices;
  }

  @Override
  public Backend open(BackendOptions options) {
    Device device = options.device();
    List<Device> devices = devices();
    Device chosen =
        device.kind() == Device.Kind.AUTO
            ? (devices.contains(Device.gpu(0)) ? Device.gpu(0) : Device.CPU)
            : device;
    if (!devices.contains(chosen)) {
      throw new BackendException(
          "Backend 'djl' has no device %s; it has %s".formatted(chosen, devices));
    }
    return new DjlBackend(engine(), chosen, options.threads().orElse(Loaded.THREADS));
  }

  private static final class Loaded {
    /**
     * What PyTorch chose, the cores or what OMP_NUM_THREADS asks for, before the first call changes
     * it.
     */
    static final int THREADS = JniUtils.getNumThreads();
  }

  private static Engine engine() {
    // Read in DJL's static initialisers: without it, DJL asks the network for what is not there.
    if (System.getProperty("ai.djl.offline") == null) {
      System.setProperty("ai.djl.offline", "true");
    }
    try {
      if (CudaUtils.hasCuda()) {
        Float32.require();
      }
      return Engine.getEngine("PyTorch");
    } catch (RuntimeException | LinkageError e) {
      throw new BackendException(
          "Backend 'djl' cannot load PyTorch (%s); add ai.djl.pytorch:pytorch-native-cpu for this platform"
              .formatted(e.getMessage()),
          e);
    }
  }
}
