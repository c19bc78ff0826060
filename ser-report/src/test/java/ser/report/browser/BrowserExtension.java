package ser.report.browser;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the {@link Browser}, one for all. Where no browser is installed the tests are
 * skipped, with the reason.
 */
public final class BrowserExtension implements ExecutionCondition, ParameterResolver {
  /** Closed by JUnit after the last test. */
  private record Started(Optional<Browser> browser) implements AutoCloseable {
    @Override
    public void close() {
      browser.ifPresent(Browser::close);
    }
  }

  /** An assumption that fails while a parameter is resolved would be an error: hence before. */
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return context.getTestMethod().filter(BrowserExtension::takesBrowser).isPresent()
            && browser(context).isEmpty()
        ? ConditionEvaluationResult.disabled(
            "chromium and chromedriver are not on the PATH; on Debian, apt-get install chromium chromium-driver")
        : ConditionEvaluationResult.enabled("no browser is needed, or there is one");
  }

  private static boolean takesBrowser(Method test) {
    return Arrays.asList(test.getParameterTypes()).contains(Browser.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Browser.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return browser(context).orElseThrow();
  }

  private static Optional<Browser> browser(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.GLOBAL)
        .computeIfAbsent(Started.class, key -> new Started(Browser.start()), Started.class)
        .browser();
  }
}
