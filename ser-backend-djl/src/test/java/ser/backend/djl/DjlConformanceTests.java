package ser.backend.djl;

import ser.api.spi.BackendProvider;
import ser.api.spi.Backends;
import ser.conformance.BackendConformance;

/** PyTorch keeps all rules. */
class DjlConformanceTests extends BackendConformance {
  @Override
  protected BackendProvider provider() {
    return Backends.named("djl");
  }
}
