package ser.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The rule of {@code RULES.md} that a test proves. Every rule has one test. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Rule {
  /**
   * @return the rule's id, such as {@code 2.3}
   */
  String value();
}
