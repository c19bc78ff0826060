package ser.pipeline.json;

import com.fasterxml.jackson.annotation.Nulls;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import ser.api.SerException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JacksonException.Reference;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * The mapper of every JSON file of this toolkit. It is strict: no value is converted, so that a
 * text, an integer, a number or a boolean must be what the format says, and every key must be there
 * once.
 */
public final class StrictJson {
  private static final int DEEPEST = 32;

  private static final Pattern KNOWN_NAMES = Pattern.compile("known type ids = (\\[[^]]*])");
  private static final Pattern MISSING =
      Pattern.compile("(?:Missing|Null value for) creator property '([^']+)'");

  private static final Pattern COERCED =
      Pattern.compile("Cannot coerce [^(]*\\((.*?)\\) to `([^`]+)`");

  private static final Pattern ADVICE =
      Pattern.compile(
          " \\(set Deserialization.*| \\(but could if coercion.*|, from `StreamReadConstraints[^`]*`"
              + "| *\\(?(start marker )?at \\[Source: .*|: enable `JsonReadFeature.*");

  /** Reads and writes; the lines of what it writes are indented. */
  public static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .build())
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              config ->
                  config
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .withCoercionConfig(
              LogicalType.Integer,
              config ->
                  config
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.String, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .withCoercionConfig(
              LogicalType.Float,
              config ->
                  config
                      .setCoercion(CoercionInputShape.String, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .withCoercionConfig(
              LogicalType.Boolean,
              config ->
                  config
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.String, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
          .changeDefaultNullHandling(handling -> handling.withContentNulls(Nulls.FAIL))
          .build();

  private StrictJson() {}

  /**
   * Describes a failure in one line: the toolkit's own words where it refused, else the key and
   * Jackson's words without its advice to programmers and its names of types.
   *
   * @param e thrown by {@link #MAPPER}
   * @return the key, if it is known, and what was wrong
   */
  public static String reason(JacksonException e) {
    if (e.getCause() instanceof SerException cause) {
      return String.valueOf(cause.getMessage());
    }
    String key =
        e.getPath().stream()
            .map(Reference::getPropertyName)
            .filter(Objects::nonNull)
            .collect(Collectors.joining("."));
    return key.isEmpty() ? words(e) : key + ": " + words(e);
  }

  /**
   * Describes a failure in one line, without its place.
   *
   * @param e thrown by {@link #MAPPER}
   * @return what was wrong
   */
  public static String words(JacksonException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "unknown key; expected "
          + unknown.getKnownPropertyIds().stream()
              .map(String::valueOf)
              .collect(Collectors.joining(", "));
    }
    String line = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    if (line.startsWith("Trailing token")) {
      return "there is more behind its end; expected one JSON value";
    }
    if (e instanceof InvalidTypeIdException unknown) {
      Matcher known = KNOWN_NAMES.matcher(line);
      return "unknown name '%s'".formatted(unknown.getTypeId())
          + (known.find() ? "; expected one of " + known.group(1) : "");
    }
    Matcher missing = MISSING.matcher(line);
    if (missing.find()) {
      return "the key '%s' is missing".formatted(missing.group(1));
    }
    Matcher coerced = COERCED.matcher(line);
    return coerced.find()
        ? "found %s; expected %s".formatted(coerced.group(1), type(coerced.group(2)))
        : ADVICE.matcher(line).replaceFirst("");
  }

  private static String type(String java) {
    return switch (java.substring(java.lastIndexOf('.') + 1)) {
      case "int", "long", "Integer", "Long" -> "a whole number";
      case "float", "double", "Float", "Double" -> "a number";
      case "boolean", "Boolean" -> "true or false";
      default -> "a text";
    };
  }
}
