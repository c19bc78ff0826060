package ser.api;

/** A backend or device that is missing, broken or closed, or that was given what it cannot run. */
public final class BackendException extends SerException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message one sentence: what was found, what was expected
   */
  public BackendException(String message) {
    super(message);
  }

  /**
   * @param message one sentence: what was found, what was expected
   * @param cause the failure underneath
   */
  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}
