package ser.pipeline.corpus;

import ser.api.SerException;

/** A corpus that is not there, not complete or not laid out as its reader expects. */
public class CorpusException extends SerException {
  private static final long serialVersionUID = 1L;

  /**
   * Reports a corpus that cannot be used.
   *
   * @param message one sentence: the file or folder, what was found, what was expected
   */
  public CorpusException(String message) {
    super(message);
  }

  /**
   * Reports a corpus that cannot be used, with the cause.
   *
   * @param message one sentence: the file or folder, what was found, what was expected
   * @param cause the failure underneath
   */
  public CorpusException(String message, Throwable cause) {
    super(message, cause);
  }
}
