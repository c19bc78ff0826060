package ser.conformance.faults;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import ser.conformance.Rule;

/** Runs the kit and gathers the rules whose tests fail. */
final class BrokenRules implements TestExecutionListener {
  /** 2.9 before 2.10. */
  private static final Comparator<String> BY_NUMBER =
      Comparator.comparingInt((String rule) -> number(rule, 0))
          .thenComparingInt(rule -> number(rule, 1));

  /** The folder of a {@code META-INF/services} that is not on the class path. */
  private static final URL ANNOUNCED =
      Objects.requireNonNull(BrokenRules.class.getResource("/faulty/"), "faulty");

  private final Set<String> broken = new ConcurrentSkipListSet<>(BY_NUMBER);
  private final AtomicInteger tests = new AtomicInteger();

  private BrokenRules() {}

  private static int number(String rule, int part) {
    return Integer.parseInt(rule.split("\\.", -1)[part]);
  }

  /**
   * Runs the kit.
   *
   * @param fault the backend
   * @param spared rules that are not tested
   * @return the rules whose tests fail
   */
  static List<String> of(Class<? extends Fault> fault, Set<String> spared) {
    BrokenRules listener = new BrokenRules();
    PostDiscoveryFilter filter =
        test -> FilterResult.includedIf(rule(test.getSource()).filter(spared::contains).isEmpty());
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(FaultyKit.class))
            .filters(filter)
            .configurationParameter(FaultyKit.BACKEND, Fault.nameOf(fault))
            .build();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    // Wrong backends are announced to the kit alone: other tests must not find them.
    try (URLClassLoader announcing = new URLClassLoader(new URL[] {ANNOUNCED}, before)) {
      thread.setContextClassLoader(announcing);
      LauncherFactory.create().execute(request, listener);
    } catch (IOException e) {
      throw new UncheckedIOException("a class loader cannot be closed", e);
    } finally {
      thread.setContextClassLoader(before);
    }
    if (listener.tests.get() < 500) {
      throw new AssertionError("The kit ran only %s tests".formatted(listener.tests));
    }
    return List.copyOf(listener.broken);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (test.isTest()) {
      tests.incrementAndGet();
    }
    if (result.getStatus() == TestExecutionResult.Status.FAILED) {
      broken.add(rule(test));
    }
  }

  private static String rule(TestIdentifier test) {
    return rule(test.getSource())
        .orElseThrow(() -> new AssertionError("What failed is no rule's test: " + test));
  }

  private static Optional<String> rule(Optional<TestSource> source) {
    return source
        .filter(MethodSource.class::isInstance)
        .map(method -> ((MethodSource) method).getJavaMethod().getAnnotation(Rule.class))
        .map(Rule::value);
  }
}
