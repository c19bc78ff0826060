package ser.pipeline.json;

import com.fasterxml.jackson.annotation.Nulls;
import java.util.Objects;
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
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * The mapper of every JSON file of this toolkit. It is strict: no value is converted, so that a
 * text, an integer, a number or a boolean must be what the format says, and every key must be there
 * once.
 */
public final class StrictJson {
  private static final int DEEPEST = 32;

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
   * Jackson's words without its advice to programmers.
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
    String words = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    String plain =
        words.replaceFirst(
            " \\(set Deserialization.*| *\\(?(start marker )?at \\[Source: .*|: enable `JsonReadFeature.*",
            "");
    return key.isEmpty() ? plain : key + ": " + plain;
  }
}
