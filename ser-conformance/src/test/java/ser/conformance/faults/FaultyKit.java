package ser.conformance.faults;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import ser.conformance.BackendConformance;
import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;

/** The kit on a wrong backend; run by {@link FaultTests}, not by the build. */
@ExtendWith(FaultyKit.Named.class)
final class FaultyKit extends BackendConformance {
  /** The configuration parameter that names the backend. */
  static final String BACKEND = "faulty.backend";

  private final BackendProvider provider;

  FaultyKit(BackendProvider provider) {
    this.provider = provider;
  }

  @Override
  protected BackendProvider provider() {
    return provider;
  }

  /** Finds the backend by the name in the configuration. */
  static final class Named implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == BackendProvider.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return Backends.named(context.getConfigurationParameter(BACKEND).orElseThrow());
    }
  }
}
