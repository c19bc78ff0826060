package ser.backend.dl4j;

import ser.api.spi.BackendProvider;
import ser.api.spi.Backends;
import ser.conformance.BackendConformance;

class Dl4jConformanceTests extends BackendConformance {
  @Override
  protected BackendProvider provider() {
    return Backends.named("dl4j");
  }
}
