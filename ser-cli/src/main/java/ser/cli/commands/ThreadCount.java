package ser.cli.commands;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads the value of {@code --threads}: engines accept any number, and never end with a million.
 */
final class ThreadCount implements ITypeConverter<Integer> {
  private static final int MOST = 1024;

  /** For picocli. */
  ThreadCount() {}

  @Override
  public Integer convert(String value) {
    if (value.matches("\\d{1,4}")) {
      int threads = Integer.parseInt(value);
      if (threads >= 1 && threads <= MOST) {
        return threads;
      }
    }
    throw new TypeConversionException("found %s, expected 1 to %d".formatted(value, MOST));
  }
}
