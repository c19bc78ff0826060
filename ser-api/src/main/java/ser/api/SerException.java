package ser.api;

/**
 * What every failure of the toolkit that a caller can cause or mend is reported as. The message is
 * one line for the person who sees it: what was found, what was expected and, where it helps, what
 * to do.
 *
 * <p>The subtypes tell a program which part was at fault; {@link #getMessage()} is enough for a
 * person.
 */
public class SerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message one sentence: what was found, what was expected
   */
  public SerException(String message) {
    super(message);
  }

  /**
   * @param message one sentence: what was found, what was expected
   * @param cause the failure underneath, for {@code --verbose} and logs
   */
  public SerException(String message, Throwable cause) {
    super(message, cause);
  }
}
