package ser.backend.djl;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import java.util.ArrayList;
import java.util.List;
import ser.api.BackendException;
import ser.api.spi.Backend;
import ser.api.spi.BackendProvider;
import ser.api.spi.Backends;
import ser.api.spi.Device;

/** Announces PyTorch through DJL under the name {@code djl}. */
public final class DjlBackendProvider implements BackendProvider {
  static final String NAME = "djl";

  private static final String ENGINE_THREADS = "ai.djl.pytorch.num_threads";

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
  public Backend open(Device device) {
    List<Device> devices = devices();
    Device chosen =
        device.kind() == Device.Kind.AUTO
            ? (devices.contains(Device.gpu(0)) ? Device.gpu(0) : Device.CPU)
            : device;
    if (!devices.contains(chosen)) {
      throw new BackendException(
          "Backend 'djl' has no device %s; it has %s".formatted(chosen, devices));
    }
    return new DjlBackend(engine(), chosen, Loaded.THREADS);
  }

  private static final class Loaded {
    /** What PyTorch was told, or found, before the first call changes it. */
    static final int THREADS = JniUtils.getNumThreads();
  }

  private static Engine engine() {
    // Read in DJL's static initialisers: without it, DJL asks the network for what is not there.
    if (System.getProperty("ai.djl.offline") == null) {
      System.setProperty("ai.djl.offline", "true");
    }
    String threads = System.getProperty(Backends.THREADS);
    if (threads != null && System.getProperty(ENGINE_THREADS) == null) {
      System.setProperty(ENGINE_THREADS, threads);
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
