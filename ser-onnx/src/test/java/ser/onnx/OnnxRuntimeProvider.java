package ser.onnx;

import ai.onnxruntime.OrtEnvironment;
import java.util.List;
import ser.api.BackendException;
import ser.api.Device;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.BackendProvider;

/** ONNX Runtime on what the exporter writes: a further opinion on what a graph means. */
public final class OnnxRuntimeProvider implements BackendProvider {
  static final String NAME = "onnxruntime";

  /** For {@link java.util.ServiceLoader}. */
  public OnnxRuntimeProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int rank() {
    return -1;
  }

  @Override
  public String description() {
    return "ONNX Runtime " + OrtEnvironment.getEnvironment().getVersion();
  }

  @Override
  public List<Device> devices() {
    return List.of(Device.CPU);
  }

  @Override
  public Backend open(BackendOptions options) {
    Device device = options.device();
    if (device.kind() == Device.Kind.GPU) {
      throw new BackendException(
          "Backend '%s' has no device %s; it has %s".formatted(NAME, device, devices()));
    }
    return new OnnxRuntimeBackend(options.threads().orElse(0));
  }
}
