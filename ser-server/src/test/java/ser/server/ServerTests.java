package ser.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.SerException;
import ser.server.RunningServer.Answer;
import tools.jackson.databind.JsonNode;

@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
class ServerTests {
  private final RunningServer running = RunningServer.start(options -> options);

  @AfterAll
  void stop() {
    running.close();
  }

  @Test
  void everyDocumentedOperationIsThere() {
    OpenApi document = OpenApi.read();
    assertThat(running.get("/openapi.json").json()).isEqualTo(document.document());
    document
        .operations()
        .forEach(
            (path, methods) -> {
              String real = path.replace("{model}", "base");
              for (String method : methods) {
                Answer answer =
                    method.equals("GET")
                        ? running.get(real)
                        : running.post(real, new byte[] {1, 2, 3});
                assertThat(answer.status()).as("%s %s", method, path).isNotIn(404, 405, 500);
              }
            });
  }

  @Test
  void healthAndMetadataAreThoseOfTheOpenInferenceProtocol() {
    assertThat(running.get("/v2/health/live").status()).isEqualTo(200);
    assertThat(running.get("/v2/health/ready").status()).isEqualTo(200);
    assertThat(running.get("/v2/models/base/ready").status()).isEqualTo(200);
    assertThat(running.get("/v2/models/other").problem(404)).isEqualTo("not-found");
    JsonNode model = running.get("/v2/models/base").json();
    assertThat(model.get("platform").asString()).isEqualTo("ser_djl");
    assertThat(model.get("parameters").get("labels"))
        .extracting(JsonNode::asString)
        .isEqualTo(running.recognizer().labels());
  }

  @Test
  void metricsCountRequestsAudioAndProblems() {
    running.post("/v1/recognize", Clips.wav(0));
    running.get("/nothing");
    String metrics = running.get("/metrics").body();
    assertThat(metrics)
        .contains("ser_requests_seconds_count{route=\"/v1/recognize\",status=\"200\"}")
        .contains("ser_problems_total{type=\"not-found\"}")
        .contains("jvm_memory_used_bytes")
        .doesNotContain("/nothing");
    assertThat(running.metric("ser_audio_seconds_total")).isGreaterThan(3);
  }

  @Test
  void thePageLoadsNothingFromElsewhere() {
    Answer page = running.get("/");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("content-type")).startsWith("text/html");
    assertThat(page.header("content-security-policy"))
        .contains("default-src 'none'")
        .doesNotContain("unsafe");
    for (String path : List.of("/", "/page.js", "/page.css")) {
      assertThat(running.get(path).body()).as(path).doesNotContain("://");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "POST /v1/recognize HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\nConnection: close\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
      })
  void whatIsNoHttpIsRefusedWithoutAWordOfTheInside(String request) throws IOException {
    assertThat(raw(request))
        .contains("HTTP/1.1 ")
        .contains("urn:ser:problem:invalid-request")
        .doesNotContain("jetty")
        .doesNotContain("Jetty")
        .doesNotContain("Exception")
        .doesNotContain("<html");
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), running.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      socket.setSoTimeout(20_000);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ServerOptions options = ServerOptions.defaults().withPort(taken.getLocalPort());
      assertThatThrownBy(
              () -> RecognitionServer.start(running.recognizer(), "base", options, line -> {}))
          .isInstanceOf(SerException.class)
          .hasMessage(
              "Cannot listen on 127.0.0.1:%d: Address already in use"
                  .formatted(taken.getLocalPort()));
    }
  }

  @Test
  void wrongOptionsAreNamed() {
    ServerOptions options = ServerOptions.defaults();
    assertThatThrownBy(() -> options.withPort(70_000))
        .hasMessage("A port of 70000; expected 0 to 65535");
    assertThatThrownBy(() -> options.withToken("short"))
        .hasMessage(
            "A token of 5 characters; expected 16 or more of A to Z, a to z, 0 to 9 and ._~+/-");
    assertThatThrownBy(() -> options.withMaxBodyBytes(1)).isInstanceOf(SerException.class);
    assertThatThrownBy(() -> options.withTimeout(Duration.ZERO)).isInstanceOf(SerException.class);
    assertThatThrownBy(
            () -> RecognitionServer.start(running.recognizer(), "a/b", options, line -> {}))
        .hasMessageStartingWith("The model's name is 'a/b'");
  }
}
