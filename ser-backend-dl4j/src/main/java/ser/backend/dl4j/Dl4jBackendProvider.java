package ser.backend.dl4j;

import java.util.List;
import ser.api.BackendException;
import ser.api.Device;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.BackendProvider;

/** Announces SameDiff on ND4J under the name {@code dl4j}. */
public final class Dl4jBackendProvider implements BackendProvider {
  static final String NAME = "dl4j";

  /** For {@link java.util.ServiceLoader}. */
  public Dl4jBackendProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int rank() {
    return 50;
  }

  @Override
  public String description() {
    return Engine.load().description();
  }

  @Override
  public List<Device> devices() {
    return Engine.load().devices();
  }

  @Override
  public Backend open(BackendOptions options) {
    Device device = options.device();
    Engine engine = Engine.load();
    List<Device> devices = engine.devices();
    Device chosen = device.kind() == Device.Kind.AUTO ? devices.get(0) : device;
    if (!devices.contains(chosen)) {
      throw new BackendException(
          "Backend 'dl4j' has no device %s; it has %s".formatted(chosen, devices));
    }
    return new Dl4jBackend(engine, chosen, options.threads().orElse(0));
  }
}
