package ser.cli.output;

import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** JSON Lines: one object a line, for programs. */
public final class JsonLines {
  private static final ObjectMapper MAPPER = JsonMapper.shared();

  private JsonLines() {}

  /**
   * Returns an object as one line.
   *
   * @param value a map or another object that Jackson writes
   * @return JSON without line breaks
   */
  public static String line(Object value) {
    return MAPPER.writeValueAsString(value);
  }
}
