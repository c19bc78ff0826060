package ser.conformance;

import java.util.Map;
import org.junit.jupiter.api.Nested;
import ser.api.Device;
import ser.graph.spi.BackendProvider;

/**
 * The conformance kit for a backend that only infers. A backend that trains extends {@link
 * BackendConformance}, whose documentation names the guide.
 *
 * <p>Each nested class holds the rules of one area and has the area's JUnit tag: {@code mvn test
 * -Dgroups=forward} runs one area alone. A rule in which a backend deviates is declared by {@link
 * #deviations} and then skipped; skipping an area as a whole leaves its rules unproven.
 *
 * <p>{@code -Dser.conformance.device=gpu:0} runs the kit on another device than the CPU, {@code
 * -Dser.conformance.seed=2} with other random numbers.
 */
public abstract class InferenceConformance {
  /** The system property that names the device under test; {@code cpu} by default. */
  public static final String DEVICE = "ser.conformance.device";

  /** The system property that holds the seed of the random numbers; 1 by default. */
  public static final String SEED = "ser.conformance.seed";

  /** Creates the tests, for subclasses. */
  protected InferenceConformance() {}

  /**
   * {@return the provider of the backend under test, as users find it: {@code Backends.named("…")}}
   */
  protected abstract BackendProvider provider();

  /**
   * Declares the rules and cases in which the backend deviates; the aim is none. These are skipped,
   * and so the backend is not conformant in them.
   *
   * @return the reason of each deviation by a rule's number, or by the number, a space and the name
   *     of one of its cases, such as {@code "2.2 exp of extremes"}
   */
  protected Map<String, String> deviations() {
    return Map.of();
  }

  /** {@return the device under test: the system property {@value #DEVICE}, or the CPU} */
  protected Device device() {
    return Device.parse(System.getProperty(DEVICE, "cpu"));
  }

  final long seed() {
    return Long.getLong(SEED, 1);
  }

  /** Rules 1: discovery and devices. */
  @Nested
  final class Discovery extends DiscoveryRules {}

  /** Rules 2: values of operations. */
  @Nested
  final class Forward extends ForwardRules {}

  /** Rules 4 of inference: composites. */
  @Nested
  final class Composite extends CompositeRules {}

  /** Rules 5 of inference: attention and encoder. */
  @Nested
  final class Attention extends AttentionRules {}

  /** Rules 6 of inference: dynamic sizes and padding. */
  @Nested
  final class Sizes extends SizeRules {}

  /** Rules 8 of inference: concurrency. */
  @Nested
  final class Concurrency extends ConcurrencyRules {}

  /** Rules 9 of inference: determinism. */
  @Nested
  final class Determinism extends DeterminismRules {}

  /** Rules 10 of inference: resources. */
  @Nested
  final class Resources extends ResourceRules {}

  /** Rules 11 of inference: errors. */
  @Nested
  final class Errors extends ErrorRules {}

  /** Rules 12: declared deviations. */
  @Nested
  final class Deviations extends DeviationRules {}
}
