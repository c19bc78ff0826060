package ser.cli.commands;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import ser.api.ChannelSelection;
import ser.api.SerException;

/** Reads the value of {@code --channel}. */
final class ChannelOption implements ITypeConverter<ChannelSelection> {
  /** For picocli. */
  ChannelOption() {}

  @Override
  public ChannelSelection convert(String value) {
    try {
      return ChannelSelection.parse(value);
    } catch (SerException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
