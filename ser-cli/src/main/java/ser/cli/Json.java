package ser.cli;

import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** One JSON object a line, for programs. */
final class Json {
  private static final ObjectMapper MAPPER = JsonMapper.shared();

  private Json() {}

  static String line(Object value) {
    return MAPPER.writeValueAsString(value);
  }
}
