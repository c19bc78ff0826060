package ser.conformance;

import org.junit.jupiter.api.Nested;

/**
 * The conformance kit for a backend that trains. One class is all that a backend writes:
 *
 * <pre>{@code
 * class MyConformanceTests extends BackendConformance {
 *   @Override
 *   protected BackendProvider provider() {
 *     return Backends.named("mine");
 *   }
 * }
 * }</pre>
 *
 * <p>The way from an empty module to a green kit is in the guide {@code WRITING-A-BACKEND.md} of
 * this module; the rules are in {@code RULES.md}, which this jar contains. Both stand in the
 * module's folder of the source repository, {@code ser-conformance/}.
 */
public abstract class BackendConformance extends InferenceConformance {
  /** Creates the tests, for subclasses. */
  protected BackendConformance() {}

  /** Rules 3: gradients of operations. */
  @Nested
  final class Gradient extends GradientRules {}

  /** Rules 4 of training: gradients of composites. */
  @Nested
  final class CompositeGradient extends CompositeGradientRules {}

  /** Rules 5 of training: gradients of attention and encoder. */
  @Nested
  final class AttentionGradient extends AttentionGradientRules {}

  /** Rules 6 of training: dynamic sizes and padding. */
  @Nested
  final class SizesInTraining extends SizeGradientRules {}

  /** Rules 7: training sessions. */
  @Nested
  final class Training extends TrainingRules {}

  /** Rules 8 of training: concurrency. */
  @Nested
  final class ConcurrencyInTraining extends ConcurrencyGradientRules {}

  /** Rules 9 of training: determinism. */
  @Nested
  final class DeterminismInTraining extends DeterminismGradientRules {}

  /** Rules 10 of training: resources. */
  @Nested
  final class ResourcesInTraining extends ResourceGradientRules {}

  /** Rules 11 of training: errors. */
  @Nested
  final class ErrorsInTraining extends ErrorGradientRules {}
}
