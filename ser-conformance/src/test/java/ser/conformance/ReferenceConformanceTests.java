package ser.conformance;

import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;

/** The reference backend keeps all rules. */
class ReferenceConformanceTests extends BackendConformance {
  @Override
  protected BackendProvider provider() {
    return Backends.named("reference");
  }
}
