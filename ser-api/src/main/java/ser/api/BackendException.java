package ser.api;

/**
 * A backend, device or export format that is missing, broken or closed, or that was given what it
 * cannot run or express.
 */
public final class BackendException extends SerException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message one sentence: what was found, what was expected
   */
  public BackendException(String message) {
    super(message);
  }

  /**
   * Creates an exception with a cause.
   *
   * @param message one sentence: what was found, what was expected
   * @param cause the failure underneath
   */
  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}
