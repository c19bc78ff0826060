package ser.backend.djl;

import ser.conformance.BackendConformance;
import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;

/** PyTorch keeps all rules. */
class DjlConformanceTests extends BackendConformance {
  @Override
  protected BackendProvider provider() {
    return Backends.named("djl");
  }
}
