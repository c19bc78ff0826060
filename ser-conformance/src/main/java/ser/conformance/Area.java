package ser.conformance;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import ser.graph.spi.Backend;

/** Tests of the rules of one area. Each test has a backend of its own, opened when asked for. */
@ExtendWith(RuleExtension.class)
@DisplayNameGeneration(RuleNames.class)
@Timeout(120)
abstract class Area {
  private @Nullable Backend opened;

  /** What is tested. */
  abstract InferenceConformance kit();

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

  /** What failed, with the seed that makes it fail again. */
  final String about(Object what) {
    return "%s (seed %d)".formatted(what, seed());
  }

  /** Runs what a test is about with the backend, and says so when it throws. */
  static <T> T attempt(String what, Supplier<T> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      throw new AssertionError(what + ": " + e, e);
    }
  }

  @AfterEach
  final void closeBackend() {
    if (opened != null) {
      opened.close();
    }
  }
}
