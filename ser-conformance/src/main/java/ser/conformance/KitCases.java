package ser.conformance;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.provider.MethodSource;

/** The tests of a kit: its rules, and the cases of each. */
final class KitCases {
  private KitCases() {}

  /** The name of a case in a deviation. */
  static String name(Rule rule, Object parameter) {
    return rule.value() + " " + parameter;
  }

  /** The tests of a kit, those of its areas included. */
  static List<Method> tests(Class<?> kit) {
    List<Method> tests = new ArrayList<>();
    for (Class<?> type = kit; type != Object.class; type = type.getSuperclass()) {
      for (Class<?> inner : type.getDeclaredClasses()) {
        if (inner.isAnnotationPresent(Nested.class)) {
          for (Class<?> area = inner; area != Object.class; area = area.getSuperclass()) {
            Stream.of(area.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Rule.class))
                .forEach(tests::add);
          }
        }
      }
    }
    return tests;
  }

  /** The names that a deviation may have: rules and cases. */
  static Set<String> names(Class<?> kit) {
    Set<String> names = new LinkedHashSet<>();
    for (Method test : tests(kit)) {
      Rule rule = test.getAnnotation(Rule.class);
      names.add(rule.value());
      MethodSource source = test.getAnnotation(MethodSource.class);
      if (source != null) {
        parameters(test.getDeclaringClass(), source).forEach(each -> names.add(name(rule, each)));
      }
    }
    return names;
  }

  private static Stream<?> parameters(Class<?> area, MethodSource source) {
    try {
      Method factory = area.getDeclaredMethod(source.value()[0]);
      return (Stream<?>) factory.invoke(null);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("%s has no cases".formatted(area), e);
    }
  }
}
