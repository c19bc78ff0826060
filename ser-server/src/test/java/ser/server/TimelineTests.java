package ser.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.AudioInput;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import ser.server.RunningServer.Answer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
class TimelineTests {
  private static final OpenApi OPEN_API = OpenApi.read();

  private final RunningServer running =
      RunningServer.start(options -> options.withMaxStreams(2).withMaxSeconds(60));

  @AfterAll
  void stop() {
    running.close();
  }

  /** A client of a stream, which keeps the events. */
  private static final class Client implements WebSocket.Listener {
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final WebSocket socket;

    Client(RunningServer server, Map<String, String> headers, String... protocols) {
      WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
      headers.forEach(builder::header);
      if (protocols.length > 0) {
        builder.subprotocols(protocols[0], Arrays.copyOfRange(protocols, 1, protocols.length));
      }
      URI uri = URI.create("ws://127.0.0.1:%d/v1/stream".formatted(server.port()));
      this.socket = builder.buildAsync(uri, this).join();
    }

    Client(RunningServer server) {
      this(server, Map.of());
    }

    Client send(String message) {
      socket.sendText(message, true).join();
      return this;
    }

    Client send(byte[] message) {
      socket.sendBinary(ByteBuffer.wrap(message), true).join();
      return this;
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        events.add(text.toString());
        text.setLength(0);
      }
      webSocket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int status, String reason) {
      closed.complete(status);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      closed.completeExceptionally(error);
    }

    /** Waits for the close; returns the events. */
    List<JsonNode> events(int status) {
      assertThat(closed.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(status);
      events.forEach(OPEN_API::checkEvent);
      return events.stream().map(event -> JsonMapper.shared().readTree(event)).toList();
    }

    /** Waits for the close after an error; returns its detail. */
    String detail(String problem) {
      List<JsonNode> all = events(1008);
      JsonNode last = all.get(all.size() - 1);
      assertThat(last.get("type").asString()).isEqualTo("error");
      assertThat(last.get("error").get("type").asString()).isEqualTo("urn:ser:problem:" + problem);
      return last.get("error").get("detail").asString();
    }
  }

  private static List<String> results(List<JsonNode> events, String type) {
    return events.stream()
        .filter(event -> event.get("type").asString().equals(type))
        .map(JsonNode::toString)
        .toList();
  }

  @Test
  void aTimelineHasTheWindowsOfTheLibrary() {
    byte[] talk = Clips.wav(Clips.talk());
    Answer answer = running.post("/v1/timeline", talk);
    assertThat(answer.status()).isEqualTo(200);
    List<JsonNode> lines = answer.lines();
    assertThat(lines.get(0).get("type").asString()).isEqualTo("session.created");
    assertThat(lines.get(lines.size() - 1).get("type").asString()).isEqualTo("session.closed");
    List<WindowRecognition> expected = new ArrayList<>();
    running
        .recognizer()
        .timeline(
            AudioInput.of(talk, "talk"),
            StreamOptions.defaults(),
            expected::add,
            (seconds, total) -> {});
    List<JsonNode> windows = lines.subList(1, lines.size() - 1);
    assertThat(windows).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      JsonNode window = windows.get(i);
      assertThat(window.get("start").asDouble()).isEqualTo(expected.get(i).startSeconds());
      assertThat(window.get("end").asDouble()).isEqualTo(expected.get(i).endSeconds());
      assertThat(window.get("emotion").isNull()).isEqualTo(expected.get(i).isSilent());
      if (!expected.get(i).isSilent()) {
        assertThat(window.get("emotion").asString())
            .isEqualTo(expected.get(i).label().orElseThrow());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStreamHasTheResultsOfAnUploadToTheLastDigit(boolean floats) {
    AudioClip talk = AudioFiles.read(Clips.wav(Clips.talk()), "talk");
    List<JsonNode> uploaded = running.post("/v1/timeline?results=both", Clips.wav(talk)).lines();
    byte[] samples = Clips.samples(talk, floats);
    Client client = new Client(running);
    client.send(
        "{\"type\":\"session.create\",\"rate\":16000,\"encoding\":\"%s\",\"results\":\"both\"}"
            .formatted(floats ? "f32le" : "s16le"));
    SplittableRandom random = new SplittableRandom(1);
    int bytes = floats ? 4 : 2;
    for (int sent = 0; sent < samples.length; ) {
      int count = Math.min(samples.length - sent, bytes * random.nextInt(1, 20_000));
      client.send(Arrays.copyOfRange(samples, sent, sent + count));
      sent += count;
    }
    client.send("{\"type\":\"session.finish\"}");
    List<JsonNode> streamed = client.events(1000);
    assertThat(results(streamed, "measurement"))
        .isEqualTo(results(uploaded, "measurement"))
        .hasSizeGreaterThan(20);
    assertThat(results(streamed, "segment"))
        .isEqualTo(results(uploaded, "segment"))
        .hasSizeGreaterThan(3);
    assertThat(results(streamed, "session.closed"))
        .isEqualTo(results(uploaded, "session.closed"))
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          results=words      | results: found 'words', expected windows, segments or both
          window=99          | A window of 99 s; expected 0.1 to 20 s
          window=x           | window: found 'x', expected a number
          pause=1            | pause: expected results=segments or results=both
          results=segments&hop=1 | hop: expected results=windows or results=both
          channels=each      | channels: a timeline is of one channel; expected mix or the number of one
          """)
  void aWrongSettingIsNamed(String query, String detail) {
    Answer answer = running.post("/v1/timeline?" + query, Clips.wav(0));
    assertThat(answer.problem(400)).isEqualTo("invalid-parameter");
    assertThat(answer.detail()).isEqualTo(detail);
  }

  @Test
  void audioThatIsDamagedFurtherOnEndsWithTheProblem() {
    // A float file whose last sample is not a number.
    AudioClip talk = Clips.talk();
    byte[] samples = Clips.samples(talk, true);
    ByteBuffer wav = ByteBuffer.allocate(44 + samples.length).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + samples.length);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    wav.putShort((short) 3).putShort((short) 1).putInt(16_000).putInt(64_000);
    wav.putShort((short) 4).putShort((short) 32);
    wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(samples.length).put(samples);
    wav.putFloat(wav.capacity() - 4, Float.NaN);
    List<JsonNode> lines = running.post("/v1/timeline", wav.array()).lines();
    JsonNode last = lines.get(lines.size() - 1);
    assertThat(last.get("type").asString()).isEqualTo("error");
    assertThat(last.get("error").get("detail").asString()).contains("is NaN");
    assertThat(lines.get(1).get("type").asString()).isEqualTo("measurement");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"type":"session.create","encoding":"s16le"} | invalid-parameter | rate: expected the sample rate, 1000 to 192000 Hz
          {"type":"session.create","rate":1e9,"encoding":"s16le"} | invalid-parameter | rate: expected the sample rate, 1000 to 192000 Hz
          {"type":"session.create","rate":0,"encoding":"s16le"} | invalid-parameter | rate: expected the sample rate, 1000 to 192000 Hz
          {"type":"session.create","rate":"16000 ","encoding":"s16le"} | invalid-parameter | rate: found '16000 ', expected a number
          {"type":"session.create","rate":"x","encoding":"s16le"} | invalid-parameter | rate: found 'x', expected a number
          {"type":"session.create","rate":16000} | invalid-parameter | encoding: expected s16le or f32le
          {"type":"session.create","rate":16000,"encoding":"mp3"} | invalid-parameter | encoding: found 'mp3', expected s16le or f32le
          {"type":"session.create","rate":16000,"encoding":"s16le","hopp":1} | invalid-parameter | hopp: no such parameter; did you mean hop?
          {"type":"session.create","rate":[1],"encoding":"s16le"} | invalid-parameter | rate: expected a number or a word
          {"type":"session.finish"} | invalid-request | A text message of type session.finish; expected session.create
          hello | invalid-request | A text message that is no JSON
          [1] | invalid-request | A text message that is no JSON object
          """)
  void aWrongFirstMessageIsNamed(String message, String problem, String detail) {
    assertThat(new Client(running).send(message).detail(problem)).isEqualTo(detail);
  }

  private static Client created(RunningServer server, String encoding) {
    return new Client(server)
        .send(
            "{\"type\":\"session.create\",\"rate\":16000,\"encoding\":\"%s\"}".formatted(encoding));
  }

  @Test
  void wrongMessagesOfAStreamAreNamed() {
    assertThat(new Client(running).send(new byte[2]).detail("invalid-request"))
        .isEqualTo("A binary message before the text message session.create");
    assertThat(created(running, "s16le").send("{\"type\":\"audio\"}").detail("invalid-request"))
        .isEqualTo(
            "A text message of type audio; expected samples as binary messages, or session.finish");
    assertThat(created(running, "s16le").send(new byte[3]).detail("invalid-audio"))
        .isEqualTo("A message of 3 bytes; expected whole samples of 2 bytes");
    byte[] notANumber = {0, 0, (byte) 0xc0, 0x7f};
    assertThat(
            created(running, "f32le")
                .send(notANumber)
                .send("{\"type\":\"session.finish\"}")
                .detail("invalid-audio"))
        .isEqualTo("The stream: sample 0 is NaN; expected finite numbers");
    Client endless = created(running, "s16le");
    for (int i = 0; i < 4 && !endless.closed.isDone(); i++) {
      endless.send(new byte[1 << 19]);
    }
    assertThat(endless.detail("too-large"))
        .isEqualTo("The stream is longer than 60 s; open another");
    assertThat(running.post("/v1/recognize", Clips.wav(0)).status()).isEqualTo(200);
  }

  @Test
  void aStreamTooManyIsRefusedUntilAnotherEnds() throws Exception {
    try (RunningServer small = RunningServer.start(options -> options.withMaxStreams(1))) {
      Client first = created(small, "s16le");
      assertThat(handshakeStatus(small, Map.of())).isEqualTo(429);
      first.send("{\"type\":\"session.finish\"}").events(1000);
      while (small.metric("ser_streams") > 0) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      created(small, "s16le").send("{\"type\":\"session.finish\"}").events(1000);
    }
  }

  /** A client that ends the connection in the handshake, or sends a body with it. */
  @Test
  void aHandshakeThatFailsKeepsNoPlace() throws Exception {
    try (RunningServer small = RunningServer.start(options -> options.withMaxStreams(2))) {
      String handshake =
          String.join(
              "\r\n",
              "GET /v1/stream HTTP/1.1",
              "Host: x",
              "Upgrade: websocket",
              "Connection: Upgrade",
              "Sec-WebSocket-Version: 13",
              "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
              "");
      for (String rest : List.of("\r\n", "\r\n", "Content-Length: 5\r\n\r\n", "\r\n")) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), small.port())) {
          socket.setSoLinger(true, 0); // a reset
          socket.getOutputStream().write((handshake + rest).getBytes(StandardCharsets.US_ASCII));
          socket.getOutputStream().flush();
        }
      }
      while (small.metric("ser_streams") > 0) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      created(small, "s16le").send("{\"type\":\"session.finish\"}").events(1000);
      assertThat(small.metric("ser_upload_bytes")).isEqualTo(0);
    }
  }

  /** Lines wait for a client that reads nothing, but not without bound. */
  @Test
  void aReaderThatIsTooSlowIsCutOff() throws Exception {
    byte[] silence = Clips.silentFlac(14); // a minute
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), running.port())) {
      socket.setReceiveBufferSize(1 << 12);
      socket
          .getOutputStream()
          .write(
              "POST /v1/timeline?window=0.1&hop=0.01 HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
                  .formatted(silence.length)
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(silence);
      socket.getOutputStream().flush();
      TimeUnit.SECONDS.sleep(1);
    }
    assertThat(running.post("/v1/recognize", Clips.wav(0)).status()).isEqualTo(200);
    while (running.metric("ser_upload_bytes") > 0) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private static int handshakeStatus(RunningServer server, Map<String, String> headers) {
    try {
      new Client(server, headers).socket.abort();
      return 101;
    } catch (CompletionException e) {
      return e.getCause() instanceof WebSocketHandshakeException refused
          ? refused.getResponse().statusCode()
          : -1;
    }
  }

  @Test
  void thePageOfAnotherSiteCannotOpenAStream() {
    assertThat(handshakeStatus(running, Map.of("Origin", "https://elsewhere.example")))
        .isEqualTo(403);
    Client own = new Client(running, Map.of("Origin", "http://127.0.0.1:" + running.port()));
    own.send("{\"type\":\"session.create\",\"rate\":16000,\"encoding\":\"s16le\"}")
        .send("{\"type\":\"session.finish\"}")
        .events(1000);
  }

  @Test
  void aTokenIsAskedForEverywhereButForHealth() {
    String token = "a-token/of+the.tests==";
    try (RunningServer closed = RunningServer.start(options -> options.withToken(token))) {
      assertThat(closed.post("/v1/recognize", Clips.wav(0)).problem(401)).isEqualTo("unauthorized");
      assertThat(closed.post("/v1/recognize", new byte[20 << 20]).problem(401))
          .isEqualTo("unauthorized");
      assertThat(closed.get("/metrics").header("www-authenticate")).isEqualTo("Bearer");
      assertThat(closed.get("/v2/health/ready").status()).isEqualTo(200);
      assertThat(closed.get("/openapi.json").status()).isEqualTo(200);
      assertThat(handshakeStatus(closed, Map.of())).isEqualTo(401);
      Client header = new Client(closed, Map.of("Authorization", "Bearer " + token));
      header
          .send("{\"type\":\"session.create\",\"rate\":16000,\"encoding\":\"s16le\"}")
          .send("{\"type\":\"session.finish\"}")
          .events(1000);
      String encoded =
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(token.getBytes(StandardCharsets.UTF_8));
      Client protocol = new Client(closed, Map.of(), "ser", "bearer." + encoded);
      assertThat(protocol.socket.getSubprotocol()).isEqualTo("ser");
      protocol.socket.abort();
    }
  }

  @Test
  void aStreamThatSaysNothingIsClosed() {
    try (RunningServer impatient =
        RunningServer.start(options -> options.withIdleTimeout(Duration.ofMillis(300)))) {
      Client silent = new Client(impatient);
      assertThat(silent.closed.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(1001);
    }
  }

  @Test
  void aStoppingServerTellsItsStreams() throws Exception {
    RunningServer stopping = RunningServer.start(options -> options);
    Client client = created(stopping, "s16le");
    while (client.events.isEmpty()) { // until the session is created
      TimeUnit.MILLISECONDS.sleep(10);
    }
    stopping.close();
    List<JsonNode> events = client.events(1001);
    assertThat(events.get(events.size() - 1).get("error").get("type").asString())
        .isEqualTo("urn:ser:problem:stopping");
  }
}
