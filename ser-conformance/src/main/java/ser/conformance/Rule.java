package ser.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says which rule of {@code RULES.md} a test proves. Every rule has one test. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Rule {
  /**
   * @return the rule's number, such as {@code 2.3}
   */
  String value();
}
