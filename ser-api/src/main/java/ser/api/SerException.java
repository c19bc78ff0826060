package ser.api;

/**
 * A failure that a caller can cause or mend. The message is one line for the person who sees it:
 * what was found, what was expected and, where it helps, what to do.
 *
 * <p>The subtypes distinguish the part at fault.
 */
public class SerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message one sentence: what was found, what was expected
   */
  public SerException(String message) {
    super(message);
  }

  /**
   * Creates an exception with a cause.
   *
   * @param message one sentence: what was found, what was expected
   * @param cause the failure underneath, for {@code --verbose} and logs
   */
  public SerException(String message, Throwable cause) {
    super(message, cause);
  }
}
