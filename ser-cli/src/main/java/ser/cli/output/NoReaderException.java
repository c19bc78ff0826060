package ser.cli.output;

/** Thrown when nothing reads the standard output any more: the command ends without a message. */
public final class NoReaderException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NoReaderException(Throwable cause) {
    super("Nothing reads the standard output any more", cause);
  }
}
