package ser.conformance;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import ser.graph.spi.Backend;

/** Tests of the rules of one area. Each test has its own backend, opened on first use. */
@ExtendWith(RuleExtension.class)
@DisplayNameGeneration(RuleNames.class)
@Timeout(120)
abstract class Area {
  private @Nullable InferenceConformance kit;
  private @Nullable Backend opened;

  /**
   * Sets the tests that this area is nested in; {@link RuleExtension} calls it before each test.
   */
  final void nestIn(InferenceConformance enclosing) {
    kit = enclosing;
  }

  /** The tests that this area is nested in. */
  final InferenceConformance kit() {
    return Objects.requireNonNull(kit, "an area runs nested in a kit");
  }

  /** The backend under test, on the device under test; closed after the test. */
  final Backend backend() {
    Backend backend = opened;
    if (backend == null) {
      backend = open();
      opened = backend;
    }
    return backend;
  }

  /** A further backend, which the caller closes. */
  final Backend open() {
    return kit().provider().open(kit().device());
  }

  final long seed() {
    return kit().seed();
  }

  /** A description for failures, with the seed that reproduces them. */
  final String about(Object subject) {
    return "%s (seed %d)".formatted(subject, seed());
  }

  /** Calls the backend; an exception fails with the description given. */
  static <T> T attempt(String description, Supplier<T> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      throw new AssertionError(description + ": " + e, e);
    }
  }

  @AfterEach
  final void closeBackend() {
    if (opened != null) {
      opened.close();
    }
  }
}
