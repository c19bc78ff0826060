package ser.conformance;

import org.junit.jupiter.api.Nested;

/**
 * The conformance kit. A backend proves itself with one class:
 *
 * <pre>{@code
 * class MyConformanceTests extends BackendConformance {
 *   @Override
 *   protected BackendProvider provider() {
 *     return Backends.named("mine");
 *   }
 * }
 * }</pre>
 */
public abstract class BackendConformance extends InferenceConformance {
  /** For subclasses. */
  protected BackendConformance() {}

  /** Rules 3. */
  @Nested
  final class Gradient extends GradientRules {
    Gradient() {}

    @Override
    InferenceConformance kit() {
      return BackendConformance.this;
    }
  }
}
