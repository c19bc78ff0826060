package ser.pipeline.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import ser.api.SerException;
import ser.pipeline.json.StrictJson;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads and writes the JSON of recipe and run files. */
final class JsonFile {
  static final JsonMapper MAPPER = StrictJson.MAPPER;

  private static final long LARGEST = 1 << 20;
  private static final int LONGEST_QUOTE = 60;

  private JsonFile() {}

  /** {@return the text of a file, with a line's end} */
  static String text(Object json) {
    return MAPPER.writeValueAsString(json) + "\n";
  }

  static byte[] bytes(Object json) {
    return text(json).getBytes(StandardCharsets.UTF_8);
  }

  /** {@return the tree that is read back from what is written, with the same types of numbers} */
  static ObjectNode tree(Object json) {
    return (ObjectNode) MAPPER.readTree(bytes(json));
  }

  /**
   * Reads a file of settings.
   *
   * @return the object it holds
   * @throws SerException when the file is missing, too large, not JSON or not an object
   */
  static ObjectNode readObject(Path file) {
    try {
      long size = Files.size(file);
      if (size > LARGEST) {
        throw new SerException(
            "%s: is %d bytes long; expected at most %d".formatted(file, size, LARGEST));
      }
      return object(file, Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new SerException("%s: there is no such file".formatted(file), e);
    } catch (IOException e) {
      throw new SerException("%s: cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Reads the bytes of a file of settings.
   *
   * @param file named in messages
   * @return the object they hold
   * @throws SerException when they are not JSON or not an object
   */
  static ObjectNode object(Path file, byte[] bytes) {
    try {
      JsonNode json = MAPPER.readTree(bytes);
      if (json instanceof ObjectNode object) {
        return object;
      }
      String found = quoted(json);
      throw new SerException(
          "%s: holds %s; expected a JSON object"
              .formatted(file, found.isEmpty() ? "nothing" : found));
    } catch (JacksonException e) {
      throw new SerException("%s: is not JSON: %s".formatted(file, reason(e)), e);
    }
  }

  private static String reason(JacksonException e) {
    String words = StrictJson.words(e);
    return e.getLocation() == null
        ? words
        : "line %d: %s".formatted(e.getLocation().getLineNr(), words);
  }

  /**
   * Overlays an object on one that has every key and a value of every key's type.
   *
   * @param where the file, for messages
   * @param found may leave keys out
   * @param complete all keys with their defaults; lists in it have an element
   * @return the found values, and the defaults of what was left out
   * @throws SerException when a key is unknown or a value has another type; names the key
   */
  static ObjectNode overlay(Path where, ObjectNode found, ObjectNode complete) {
    return overlay(where, "", found, complete);
  }

  private static ObjectNode overlay(
      Path where, String prefix, ObjectNode found, ObjectNode complete) {
    ObjectNode result = complete.deepCopy();
    found.forEachEntry(
        (name, value) -> {
          String key = prefix + name;
          JsonNode like = complete.get(name);
          if (like == null) {
            List<String> known = new ArrayList<>(complete.propertyNames());
            throw new SerException(
                "%s: unknown key %s; expected %s".formatted(where, key, String.join(", ", known)));
          }
          result.set(
              name,
              like instanceof ObjectNode object && value instanceof ObjectNode given
                  ? overlay(where, key + ".", given, object)
                  : checked(where, key, value, like));
        });
    return result;
  }

  private static JsonNode checked(Path where, String key, JsonNode value, JsonNode like) {
    if (like.isArray() && like.isEmpty() && value.isArray()) {
      return value; // of objects, whose types are checked where they are bound
    }
    if (!isOfType(value, like)) {
      String bound =
          like.isIntegralNumber() && value.isIntegralNumber()
              ? " from %d to %d".formatted(Integer.MIN_VALUE, Integer.MAX_VALUE)
              : "";
      throw wrongType(where, key, value, type(like, false) + bound);
    }
    return value;
  }

  private static SerException wrongType(Path where, String key, JsonNode found, String expected) {
    return new SerException(
        "%s: %s is %s; expected %s".formatted(where, key, quoted(found), expected));
  }

  private static boolean isOfType(JsonNode value, JsonNode like) {
    if (like.isIntegralNumber()) {
      return value.isIntegralNumber() && value.canConvertToInt();
    }
    if (like.isNumber()) {
      return value.isNumber();
    }
    if (like instanceof ArrayNode list) {
      return value instanceof ArrayNode given
          && given.valueStream().allMatch(element -> isOfType(element, list.get(0)));
    }
    return like.isString() ? value.isString() : like.isBoolean() && value.isBoolean();
  }

  private static String type(JsonNode like, boolean many) {
    if (like.isIntegralNumber()) {
      return many ? "whole numbers" : "a whole number";
    }
    if (like.isNumber()) {
      return many ? "numbers" : "a number";
    }
    if (like.isBoolean()) {
      return "true or false";
    }
    if (like instanceof ArrayNode list && !list.isEmpty()) {
      return (many ? "lists of " : "a list of ") + type(list.get(0), true);
    }
    return like.isString() ? many ? "texts" : "a text" : like.isArray() ? "a list" : "an object";
  }

  /** One line, whatever the value. */
  private static String quoted(JsonNode value) {
    String text = value.toString();
    return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "...";
  }
}
