package ser.backend.dl4j;

import ser.conformance.BackendConformance;
import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;

class Dl4jConformanceTests extends BackendConformance {
  @Override
  protected BackendProvider provider() {
    return Backends.named("dl4j");
  }
}
