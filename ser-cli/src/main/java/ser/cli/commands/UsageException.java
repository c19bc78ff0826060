package ser.cli.commands;

import java.util.function.Supplier;
import ser.api.SerException;

/**
 * A value on the command line that no files or machine could make right, such as a number out of
 * its range or a name out of a closed set. The command ends with the exit code of wrong usage; what
 * is named rightly and cannot be done is a {@link SerException} with the code of failure.
 */
public final class UsageException extends SerException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message one sentence: the option, what was found, what was expected
   */
  public UsageException(String message) {
    super(message);
  }

  /**
   * Reads the value of an option.
   *
   * @param option its name, such as {@code --device}
   * @param value reads the value; a {@link SerException} of it is wrong usage
   * @return the value
   * @throws UsageException when the value is refused; the message begins with the option
   */
  static <T> T requireValue(String option, Supplier<T> value) {
    try {
      return value.get();
    } catch (SerException e) {
      UsageException usage = new UsageException(option + ": " + e.getMessage());
      usage.initCause(e);
      throw usage;
    }
  }
}
