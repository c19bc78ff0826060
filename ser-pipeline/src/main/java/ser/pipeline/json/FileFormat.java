package ser.pipeline.json;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import ser.api.SerException;
import tools.jackson.databind.JsonNode;

/**
 * The format of a file: a name and a version, which the file states under the keys {@value #FORMAT}
 * and {@value #VERSION}. Files of version 1 of the run files have neither.
 *
 * @param name the format's name
 * @param version the version that is written, and the newest that is read
 */
public record FileFormat(String name, int version) {
  /** The key of the format's name. */
  public static final String FORMAT = "format";

  /** The key of the format's version. */
  public static final String VERSION = "version";

  /**
   * Checks the format that a JSON file states.
   *
   * @param file the file, for messages
   * @param json its content
   * @return the file's version
   * @throws SerException when it is another format, or a version that is not known
   */
  public int versionOf(Path file, JsonNode json) {
    JsonNode format = json.get(FORMAT);
    JsonNode stated = json.get(VERSION);
    return versionOf(
        file, format == null ? null : text(format), stated == null ? null : text(stated));
  }

  /**
   * Checks the format that a file states.
   *
   * @param file the file, for messages
   * @param format the name it states, if any
   * @param stated the version it states, if any
   * @return the file's version; 1 when it states none
   * @throws SerException when it is another format, or a version that is not known
   */
  public int versionOf(Path file, @Nullable String format, @Nullable String stated) {
    if (format != null && !format.equals(name)) {
      throw new SerException("%s: its format is '%s'; expected '%s'".formatted(file, format, name));
    }
    int found = stated == null ? 1 : number(stated);
    if (found < 1 || found > version) {
      throw new SerException(
          "%s: is version %s of the format '%s'; this toolkit reads version %s"
              .formatted(file, stated, name, version == 1 ? "1" : "1 to " + version));
    }
    return found;
  }

  /** A number that is none counts as no version at all. */
  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String text(JsonNode value) {
    return value.isString() ? value.stringValue() : value.toString();
  }
}
