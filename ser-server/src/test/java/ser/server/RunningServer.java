package ser.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import ser.api.EmotionRecognizer;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server on the bundled model, and a client that holds each answer to the OpenAPI document. */
final class RunningServer implements AutoCloseable {
  private static final String BOUNDARY = "a-boundary-of-the-tests";
  private static final OpenApi OPEN_API = OpenApi.read();

  private final EmotionRecognizer recognizer;
  private final RecognitionServer server;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();

  private RunningServer(EmotionRecognizer recognizer, UnaryOperator<ServerOptions> options) {
    this.recognizer = recognizer;
    this.server =
        RecognitionServer.start(
            recognizer, "base", options.apply(ServerOptions.defaults().withPort(0)), log::add);
  }

  /** Loads the bundled model as {@code ser serve} does. */
  static EmotionRecognizer model() {
    return EmotionRecognizer.load(
        RecognizerOptions.defaults()
            .withAttention(false)
            .withEmbedding(true)
            .withThreads(Runtime.getRuntime().availableProcessors())
            .withDynamicBatching(true));
  }

  static RunningServer start(UnaryOperator<ServerOptions> options) {
    return new RunningServer(model(), options);
  }

  /** What stands before the classification of a clip. */
  interface Before {
    void recognize() throws InterruptedException;
  }

  /** Starts a server whose every classification does something before. */
  static RunningServer start(Before before, UnaryOperator<ServerOptions> options) {
    EmotionRecognizer model = model();
    return new RunningServer(
        (EmotionRecognizer)
            Proxy.newProxyInstance(
                RunningServer.class.getClassLoader(),
                new Class<?>[] {EmotionRecognizer.class},
                (proxy, method, arguments) -> {
                  if (method.getReturnType() == Recognition.class) {
                    try {
                      before.recognize();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }
                  try {
                    return method.invoke(model, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                }),
        options);
  }

  EmotionRecognizer recognizer() {
    return recognizer;
  }

  RecognitionServer server() {
    return server;
  }

  /** The lines of the log so far. */
  List<String> log() {
    return log;
  }

  URI uri(String path) {
    return server.uri().resolve(path);
  }

  int port() {
    return server.uri().getPort();
  }

  /** An answer. */
  record Answer(int status, Map<String, List<String>> headers, String body) {
    JsonNode json() {
      return JsonMapper.shared().readTree(body);
    }

    List<JsonNode> lines() {
      return body.lines().map(line -> JsonMapper.shared().readTree(line)).toList();
    }

    /** The kind of problem, after its status was checked. */
    String problem(int expected) {
      assertThat(status).as(body).isEqualTo(expected);
      assertThat(json().get("status").asInt()).isEqualTo(expected);
      return json().get("type").asString().replaceFirst("^urn:ser:problem:", "");
    }

    String detail() {
      return json().get("detail").asString();
    }

    String header(String name) {
      return headers.getOrDefault(name, List.of("")).get(0);
    }
  }

  Answer send(HttpRequest.Builder request) {
    try {
      HttpRequest built = request.timeout(Duration.ofSeconds(60)).build();
      HttpResponse<String> response = client.send(built, BodyHandlers.ofString());
      Answer answer = new Answer(response.statusCode(), response.headers().map(), response.body());
      OPEN_API.check(built.method(), built.uri().getPath(), answer);
      return answer;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  Answer get(String path) {
    return send(HttpRequest.newBuilder(uri(path)));
  }

  Answer post(String path, byte[] body) {
    return post(path, BodyPublishers.ofByteArray(body));
  }

  Answer post(String path, BodyPublisher body) {
    return send(HttpRequest.newBuilder(uri(path)).POST(body));
  }

  /** Posts files as a multipart body. */
  Answer postFiles(String path, List<Map.Entry<String, byte[]>> files) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (Map.Entry<String, byte[]> file : files) {
      body.writeBytes(
          "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n\r\n"
              .formatted(BOUNDARY, file.getKey())
              .getBytes(StandardCharsets.UTF_8));
      body.writeBytes(file.getValue());
      body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    }
    body.writeBytes("--%s--\r\n".formatted(BOUNDARY).getBytes(StandardCharsets.UTF_8));
    return postMultipart(path, body.toByteArray());
  }

  Answer postMultipart(String path, byte[] body) {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
            .POST(BodyPublishers.ofByteArray(body)));
  }

  /** Returns the value of a metric without tags. */
  double metric(String name) {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  @Override
  public void close() {
    server.close();
    recognizer.close();
  }
}
