package ser.report.browser;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the {@link Browser}, one for all. Where no browser is installed the tests are
 * skipped, with the reason.
 */
public final class BrowserExtension implements ParameterResolver {
  /** Closed by JUnit after the last test. */
  private record Started(Optional<Browser> browser) implements AutoCloseable {
    @Override
    public void close() {
      browser.ifPresent(Browser::close);
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Browser.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Started started =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.GLOBAL)
            .computeIfAbsent(Started.class, key -> new Started(Browser.start()), Started.class);
    Assumptions.assumeTrue(
        started.browser().isPresent(),
        "chromium and chromedriver are not on the PATH; on Debian, apt-get install chromium chromium-driver");
    return started.browser().orElseThrow();
  }
}
