package ser.server.problem;

import ser.api.AudioException;
import ser.api.SerException;

/** A request that cannot be answered, for a reason that its sender is told. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Problem problem;

  ProblemException(Problem problem, String detail) {
    super(detail);
    this.problem = problem;
  }

  /** {@return the kind} */
  public Problem problem() {
    return problem;
  }

  /** {@return one sentence} */
  public String detail() {
    return String.valueOf(getMessage());
  }

  /**
   * Returns what the sender of a request is told of a failure: of the server's own failures, no
   * more than that there was one.
   *
   * @param failure any
   * @param id of the request, by which the log tells more
   * @return the failure itself, or what stands for it
   */
  public static ProblemException of(Throwable failure, String id) {
    if (failure instanceof ProblemException known) {
      return known;
    }
    if (failure instanceof AudioException || failure.getClass() == SerException.class) {
      return Problem.INVALID_AUDIO.exception(String.valueOf(failure.getMessage()));
    }
    return Problem.INTERNAL_ERROR.exception(
        "The request %s failed in the server; its log says why".formatted(id));
  }
}
