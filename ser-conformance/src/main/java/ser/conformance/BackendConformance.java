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

  /** Rules 4. */
  @Nested
  final class CompositeGradient extends CompositeGradientRules {
    CompositeGradient() {}

    @Override
    InferenceConformance kit() {
      return BackendConformance.this;
    }
  }

  /** Rules 5. */
  @Nested
  final class EncodingGradient extends AttentionGradientRules {
    EncodingGradient() {}

    @Override
    InferenceConformance kit() {
      return BackendConformance.this;
    }
  }

  /** Rules 6. */
  @Nested
  final class SizesInTraining extends SizeGradientRules {
    SizesInTraining() {}

    @Override
    InferenceConformance kit() {
      return BackendConformance.this;
    }
  }

  /** Rules 7. */
  @Nested
  final class Training extends TrainingRules {
    Training() {}

    @Override
    InferenceConformance kit() {
      return BackendConformance.this;
    }
  }

  /** Rules 8. */
  @Nested
  final class ConcurrencyInTraining extends ConcurrencyGradientRules {
    ConcurrencyInTraining() {}

    @Override
    InferenceConformance kit() {
      return BackendConformance.this;
    }
  }

  /** Rules 9. */
  @Nested
  final class DeterminismInTraining extends DeterminismGradientRules {
    DeterminismInTraining() {}

    @Override
    InferenceConformance kit() {
      return BackendConformance.this;
    }
  }

  /** Rules 10. */
  @Nested
  final class ResourcesInTraining extends ResourceGradientRules {
    ResourcesInTraining() {}

    @Override
    InferenceConformance kit() {
      return BackendConformance.this;
    }
  }

  /** Rules 11. */
  @Nested
  final class ErrorsInTraining extends ErrorGradientRules {
    ErrorsInTraining() {}

    @Override
    InferenceConformance kit() {
      return BackendConformance.this;
    }
  }
}
