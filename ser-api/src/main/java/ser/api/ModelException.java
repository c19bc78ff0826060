package ser.api;

/** A model package that is incomplete, altered, or does not fit its own description. */
public final class ModelException extends SerException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message one sentence: what was found, what was expected
   */
  public ModelException(String message) {
    super(message);
  }

  /**
   * Creates an exception with a cause.
   *
   * @param message one sentence: what was found, what was expected
   * @param cause the failure underneath
   */
  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
