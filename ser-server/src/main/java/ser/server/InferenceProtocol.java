package ser.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import ser.api.EmotionRecognizer;
import ser.server.problem.Problem;

/**
 * Health and metadata as in the Open Inference Protocol, version 2. Tensors are not taken: {@code
 * /v1/recognize} takes audio.
 */
final class InferenceProtocol {
  private final EmotionRecognizer recognizer;
  private final String model;
  private final BooleanSupplier ready;

  InferenceProtocol(EmotionRecognizer recognizer, String model, BooleanSupplier ready) {
    this.recognizer = recognizer;
    this.model = model;
    this.ready = ready;
  }

  /** {@code GET /v2}. */
  void server(Exchange exchange) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", "ser");
    String version = InferenceProtocol.class.getPackage().getImplementationVersion();
    fields.put("version", version == null ? "unknown" : version);
    fields.put("extensions", List.of());
    exchange.json(fields);
  }

  /** {@code GET /v2/health/live}. */
  void live(Exchange exchange) {
    exchange.json(Map.of("live", true));
  }

  /** {@code GET /v2/health/ready}. */
  void ready(Exchange exchange) {
    if (!ready.getAsBoolean()) {
      throw Problem.STOPPING.exception("The server is being stopped");
    }
    exchange.json(Map.of("ready", true));
  }

  /** {@code GET /v2/models/NAME/ready}. */
  void modelReady(Exchange exchange) {
    if (!ready.getAsBoolean()) {
      throw Problem.STOPPING.exception("The server is being stopped");
    }
    exchange.json(Map.of("name", model, "ready", true));
  }

  /** {@code GET /v2/models/NAME}. */
  void model(Exchange exchange) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", model);
    fields.put("versions", List.of());
    fields.put("platform", "ser_" + recognizer.backend());
    fields.put("inputs", List.of(tensor("audio", "BYTES", List.of(-1))));
    fields.put(
        "outputs",
        List.of(
            tensor("probabilities", "FP32", List.of(-1, recognizer.labels().size())),
            tensor("embedding", "FP32", List.of(-1, recognizer.embeddingSize()))));
    fields.put("parameters", Map.of("labels", recognizer.labels()));
    exchange.json(fields);
  }

  private static Map<String, Object> tensor(String name, String type, List<Integer> shape) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", name);
    fields.put("datatype", type);
    fields.put("shape", shape);
    return fields;
  }
}
