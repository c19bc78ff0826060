package ser.api;

/** Audio that cannot be read or used: an unknown or damaged file, no samples, an absurd rate. */
public final class AudioException extends SerException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message one sentence: what was found, what was expected
   */
  public AudioException(String message) {
    super(message);
  }

  /**
   * Creates an exception with a cause.
   *
   * @param message one sentence: what was found, what was expected
   * @param cause the failure underneath
   */
  public AudioException(String message, Throwable cause) {
    super(message, cause);
  }
}
