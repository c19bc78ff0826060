package ser.conformance;

import ser.api.spi.BackendProvider;
import ser.api.spi.Backends;

/** The reference backend keeps all rules. */
class ReferenceConformanceTests extends BackendConformance {
  @Override
  protected BackendProvider provider() {
    return Backends.named("reference");
  }
}
