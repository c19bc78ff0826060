package ser.graph.ir;

import ser.api.SerException;

/** A mistake in a graph: shapes that do not fit, a name used twice, a text that is not a graph. */
public final class GraphException extends SerException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message one sentence: what was found, what was expected
   */
  public GraphException(String message) {
    super(message);
  }
}
