package ser.server;

import java.util.concurrent.atomic.AtomicLong;
import ser.server.problem.Problem;
import ser.server.problem.ProblemException;

/** The bytes that all bodies together may take. Thread-safe. */
final class MemoryBudget {
  private final long limit;
  private final AtomicLong taken = new AtomicLong();

  MemoryBudget(long limit) {
    this.limit = limit;
  }

  /**
   * Takes bytes.
   *
   * @throws ProblemException when there are not so many left
   */
  void take(long bytes) {
    if (taken.addAndGet(bytes) > limit) {
      taken.addAndGet(-bytes);
      throw Problem.TOO_MANY_REQUESTS.exception(
          "The memory for uploads is in use by other requests; try again later");
    }
  }

  /** Gives bytes back. */
  void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  /** {@return the bytes that are taken} */
  long taken() {
    return taken.get();
  }
}
