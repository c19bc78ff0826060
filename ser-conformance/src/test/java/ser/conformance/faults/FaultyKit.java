package ser.conformance.faults;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
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

  /**
   * Finds the backend by the name in the configuration, once for a run of the kit: to find it anew
   * for each test, among all faulty backends, took longer than most tests.
   */
  static final class Named implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == BackendProvider.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(Namespace.create(FaultyKit.class))
          .computeIfAbsent(
              context.getConfigurationParameter(BACKEND).orElseThrow(),
              Backends::named,
              BackendProvider.class);
    }
  }
}
