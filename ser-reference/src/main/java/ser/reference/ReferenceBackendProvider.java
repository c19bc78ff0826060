package ser.reference;

import java.util.List;
import ser.api.BackendException;
import ser.api.Device;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.BackendProvider;

/**
 * Provider of the backend {@code reference}. Its rank is negative, so that it is opened by name
 * only: it is an oracle for tests, and slow.
 */
public final class ReferenceBackendProvider implements BackendProvider {
  static final String NAME = "reference";

  /** Creates the provider, for {@link java.util.ServiceLoader}. */
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
