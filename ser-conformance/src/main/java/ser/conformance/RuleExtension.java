package ser.conformance;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/** Skips declared deviations, and quotes the rule that a failure breaks. */
final class RuleExtension implements BeforeEachCallback, InvocationInterceptor {
  RuleExtension() {}

  @Override
  public void beforeEach(ExtensionContext context) {
    InferenceConformance kit =
        context
            .getRequiredTestInstances()
            .findInstance(InferenceConformance.class)
            .orElseThrow(() -> new IllegalStateException("an area runs nested in a kit"));
    ((Area) context.getRequiredTestInstance()).nestIn(kit);
  }

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> invocationContext,
      ExtensionContext extensionContext)
      throws Throwable {
    judge(invocation, invocationContext, extensionContext);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> invocationContext,
      ExtensionContext extensionContext)
      throws Throwable {
    judge(invocation, invocationContext, extensionContext);
  }

  private static void judge(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> called,
      ExtensionContext context)
      throws Throwable {
    Rule rule = called.getExecutable().getAnnotation(Rule.class);
    if (rule == null) {
      invocation.proceed();
      return;
    }
    Area area = (Area) context.getRequiredTestInstance();
    String reason = deviation(rule, called.getArguments(), area.kit().deviations());
    if (reason != null) {
      invocation.skip();
      throw new TestAbortedException("Deviates from rule %s: %s".formatted(rule.value(), reason));
    }
    try {
      invocation.proceed();
    } catch (TestAbortedException e) {
      throw e;
    } catch (Throwable e) {
      String text = RuleBook.rules().getOrDefault(rule.value(), "");
      String found = e instanceof AssertionError ? e.getMessage() : e.toString();
      throw new AssertionError("Rule %s: %s%n%s".formatted(rule.value(), text, found), e);
    }
  }

  private static @Nullable String deviation(
      Rule rule, List<Object> arguments, Map<String, String> deviations) {
    String whole = deviations.get(rule.value());
    return whole != null || arguments.isEmpty()
        ? whole
        : deviations.get(KitCases.name(rule, arguments.get(0)));
  }
}
