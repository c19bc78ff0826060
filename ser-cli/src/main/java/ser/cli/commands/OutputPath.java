package ser.cli.commands;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of a file to write; one that ends in a slash is the name of a folder. */
final class OutputPath implements ITypeConverter<Path> {
  /** For picocli. */
  OutputPath() {}

  @Override
  public Path convert(String value) {
    if (value.isEmpty() || value.endsWith("/") || value.endsWith("\\")) {
      throw new TypeConversionException("'%s' names no file".formatted(value));
    }
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("'%s' names no file".formatted(value));
    }
  }
}
