package ser.conformance.faults;

import java.util.List;
import java.util.Locale;
import ser.api.Device;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.BackendProvider;
import ser.reference.ReferenceBackendProvider;

/** Announces a wrong backend, named after its class. */
abstract class Fault implements BackendProvider {
  private final BackendProvider right = new ReferenceBackendProvider();
  private final String name = nameOf(getClass());

  @Override
  public final String name() {
    return name;
  }

  static String nameOf(Class<? extends Fault> fault) {
    return fault.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  @Override
  public final int rank() {
    return -1;
  }

  @Override
  public final String description() {
    return "the reference with a fault";
  }

  @Override
  public final List<Device> devices() {
    return right.devices();
  }

  @Override
  public Backend open(BackendOptions options) {
    return wrong(RenamedBackend.renamed(name, () -> right.open(options)));
  }

  /** Wraps the reference. */
  abstract Backend wrong(Backend reference);
}
