package ser.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import ser.server.RunningServer.Answer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The OpenAPI document, to which answers are held. */
final class OpenApi {
  private static final List<String> UNDOCUMENTED = List.of("/", "/page.css", "/page.js");

  private final JsonNode document;
  private final SchemaRegistry schemas =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private OpenApi(JsonNode document) {
    this.document = document;
  }

  static OpenApi read() {
    try (InputStream in = RecognitionServer.class.getResourceAsStream("openapi.json")) {
      return new OpenApi(JsonMapper.shared().readTree(Objects.requireNonNull(in)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode document() {
    return document;
  }

  /** Checks that an answer has a documented status, media type and content. */
  void check(String method, String path, Answer answer) {
    JsonNode operations = document.get("paths").get(template(path));
    if (operations == null) {
      assertThat(answer.status() / 100 == 4 || UNDOCUMENTED.contains(path)).as(path).isTrue();
      return;
    }
    JsonNode operation = operations.get(method.toLowerCase(Locale.ROOT));
    if (operation == null) {
      assertThat(answer.status()).as("%s %s", method, path).isEqualTo(405);
      return;
    }
    JsonNode response = operation.get("responses").get(Integer.toString(answer.status()));
    assertThat(response).as("%s %s: status %d", method, path, answer.status()).isNotNull();
    String type = answer.header("content-type").split(";", 2)[0];
    JsonNode content = response.get("content").get(type);
    assertThat(content).as("%s %s: %s", method, path, type).isNotNull();
    if (type.equals("application/x-ndjson")) {
      answer.body().lines().forEach(line -> validate(content.get("schema"), line));
    } else if (type.contains("json")) {
      validate(content.get("schema"), answer.body());
    }
  }

  /** Checks an event of a session. */
  void checkEvent(String event) {
    validate(document.at("/components/schemas/Event"), event);
  }

  private void validate(JsonNode schema, String instance) {
    ObjectNode whole = (ObjectNode) schema.deepCopy();
    whole.set("components", document.get("components"));
    Schema compiled = schemas.getSchema(whole);
    assertThat(compiled.validate(instance, InputFormat.JSON)).as(instance).isEmpty();
  }

  private static String template(String path) {
    return path.replaceFirst("^/v2/models/[^/]+", "/v2/models/{model}");
  }

  /** The paths and methods of the document. */
  Map<String, List<String>> operations() {
    Map<String, List<String>> operations = new TreeMap<>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                operations.put(
                    path.getKey(),
                    path.getValue().properties().stream()
                        .map(method -> method.getKey().toUpperCase(Locale.ROOT))
                        .toList()));
    return operations;
  }
}
