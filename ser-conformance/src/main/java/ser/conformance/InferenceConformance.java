package ser.conformance;

import java.util.Map;
import org.junit.jupiter.api.Nested;
import ser.api.Device;
import ser.graph.spi.BackendProvider;

/**
 * The conformance kit for a backend that only infers. A backend that trains extends {@link
 * BackendConformance}.
 *
 * <p>Run on another device than the CPU with {@code -Dser.conformance.device=gpu:0}, and with other
 * random numbers with {@code -Dser.conformance.seed=2}.
 */
public abstract class InferenceConformance {
  /** The system property that says which device is tested; {@code cpu} when it is not set. */
  public static final String DEVICE = "ser.conformance.device";

  /** The system property that says which random numbers are computed with. */
  public static final String SEED = "ser.conformance.seed";

  /** For subclasses. */
  protected InferenceConformance() {}

  /**
   * @return the backend to be tested, as users find it: {@code Backends.named("…")}
   */
  protected abstract BackendProvider provider();

  /**
   * Says where the backend does not do what a rule asks. Empty is what every backend aims at.
   *
   * @return the reason by what deviates: a rule's number, or the number, a space and the name of
   *     one of its cases, such as {@code "2.2 exp of extremes"}. These are skipped.
   */
  protected Map<String, String> deviations() {
    return Map.of();
  }

  /**
   * @return where it is tested: the system property {@value #DEVICE}, or the CPU
   */
  protected Device device() {
    return Device.parse(System.getProperty(DEVICE, "cpu"));
  }

  final long seed() {
    return Long.getLong(SEED, 1);
  }

  /** Rules 1. */
  @Nested
  final class Discovery extends DiscoveryRules {
    Discovery() {}

    @Override
    InferenceConformance kit() {
      return InferenceConformance.this;
    }
  }

  /** Rules 2. */
  @Nested
  final class Forward extends ForwardRules {
    Forward() {}

    @Override
    InferenceConformance kit() {
      return InferenceConformance.this;
    }
  }

  /** Rules 4. */
  @Nested
  final class Composite extends CompositeRules {
    Composite() {}

    @Override
    InferenceConformance kit() {
      return InferenceConformance.this;
    }
  }

  /** Rules 5. */
  @Nested
  final class Encoding extends AttentionRules {
    Encoding() {}

    @Override
    InferenceConformance kit() {
      return InferenceConformance.this;
    }
  }

  /** Rules 6. */
  @Nested
  final class Sizes extends SizeRules {
    Sizes() {}

    @Override
    InferenceConformance kit() {
      return InferenceConformance.this;
    }
  }

  /** Rules 8. */
  @Nested
  final class Concurrency extends ConcurrencyRules {
    Concurrency() {}

    @Override
    InferenceConformance kit() {
      return InferenceConformance.this;
    }
  }

  /** Rules 9. */
  @Nested
  final class Determinism extends DeterminismRules {
    Determinism() {}

    @Override
    InferenceConformance kit() {
      return InferenceConformance.this;
    }
  }

  /** Rules 10. */
  @Nested
  final class Resources extends ResourceRules {
    Resources() {}

    @Override
    InferenceConformance kit() {
      return InferenceConformance.this;
    }
  }

  /** Rules 11. */
  @Nested
  final class Errors extends ErrorRules {
    Errors() {}

    @Override
    InferenceConformance kit() {
      return InferenceConformance.this;
    }
  }

  /** Rules 12. */
  @Nested
  final class Deviations extends DeviationRules {
    Deviations() {}

    @Override
    InferenceConformance kit() {
      return InferenceConformance.this;
    }
  }
}
