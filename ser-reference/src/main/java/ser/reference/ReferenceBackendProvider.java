package ser.reference;

import java.util.List;
import ser.api.BackendException;
import ser.api.Device;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.BackendProvider;

/**
 * Announces the interpreter under the name {@code reference}. It serves those who name it only: it
 * is there to tell what is right, and slow.
 */
public final class ReferenceBackendProvider implements BackendProvider {
  static final String NAME = "reference";

  /** For {@link java.util.ServiceLoader}. */
  public ReferenceBackendProvider() {}

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
    return "Plain Java in float64, the meaning of every operation";
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
          "Backend 'reference' has no device %s; it has %s".formatted(device, devices()));
    }
    return new ReferenceBackend();
  }
}
