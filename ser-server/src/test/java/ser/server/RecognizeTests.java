package ser.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.api.AudioInput;
import ser.api.BackendException;
import ser.api.ChannelSelection;
import ser.api.Recognition;
import ser.server.RunningServer.Answer;
import tools.jackson.databind.JsonNode;

@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
class RecognizeTests {
  private static final long MAX_BODY = 1 << 20;

  private final RunningServer running =
      RunningServer.start(options -> options.withMaxBodyBytes(MAX_BODY).withMaxFiles(4));

  @AfterAll
  void stop() {
    running.close();
  }

  private static void requireSame(JsonNode result, Recognition expected) {
    assertThat(result.get("emotion").asString()).isEqualTo(expected.label());
    expected
        .probabilities()
        .forEach(
            (label, probability) ->
                assertThat(result.get("probabilities").get(label).asDouble())
                    .isCloseTo(probability, within(1e-5)));
    assertThat(result.get("seconds").asDouble()).isEqualTo(expected.durationSeconds());
  }

  private Recognition expected(byte[] wav) {
    return running.recognizer().recognize(AudioInput.of(wav, "clip"));
  }

  @Test
  void aBodyIsClassifiedAsItsFile() {
    Answer answer = running.post("/v1/recognize", Clips.wav(2));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("model").asString()).isEqualTo("base");
    JsonNode results = answer.json().get("results");
    assertThat(results).hasSize(1);
    assertThat(results.get(0).get("file").asString()).isEqualTo("audio");
    assertThat(results.get(0).has("embedding")).isFalse();
    requireSame(results.get(0), expected(Clips.wav(2)));
  }

  @Test
  void anEmbeddingIsGivenWhereItIsAskedFor() {
    JsonNode result =
        running.post("/v1/recognize?embedding=true", Clips.wav(2)).json().get("results").get(0);
    assertThat(result.get("embedding")).hasSize(running.recognizer().embeddingSize());
  }

  @Test
  void ofManyFilesEachHasItsResultOrItsProblem() {
    byte[] text = "not audio".getBytes(StandardCharsets.UTF_8);
    Answer answer =
        running.postFiles(
            "/v1/recognize",
            List.of(
                entry("a.wav", Clips.wav(0)),
                entry("../../etc/b.wav", text),
                entry("C:\\\\folder\\\\c.wav", Clips.wav(1))));
    JsonNode results = answer.json().get("results");
    assertThat(results).hasSize(3);
    assertThat(results)
        .extracting(r -> r.get("file").asString())
        .containsExactly("a.wav", "b.wav", "c.wav");
    requireSame(results.get(0), expected(Clips.wav(0)));
    requireSame(results.get(2), expected(Clips.wav(1)));
    assertThat(results.get(1).get("error").get("detail").asString())
        .isEqualTo("b.wav: seems to be text; expected WAV or FLAC audio");
  }

  @Test
  void aRecordingOfSeveralChannelsNeedsAChoice() {
    byte[] stereo = Clips.stereo(Clips.wav(0), Clips.wav(4));
    Answer refused = running.post("/v1/recognize", stereo);
    assertThat(refused.problem(400)).isEqualTo("invalid-parameter");
    assertThat(refused.detail())
        .isEqualTo(
            "audio: has 2 channels; give the parameter channels as mix, each or the number of one");

    JsonNode each = running.post("/v1/recognize?channels=each", stereo).json().get("results");
    assertThat(each).extracting(r -> r.get("channel").asInt()).containsExactly(1, 2);
    for (int channel = 1; channel <= 2; channel++) {
      Recognition alone =
          running
              .recognizer()
              .recognize(
                  AudioInput.of(stereo, "x").withChannels(ChannelSelection.channel(channel)));
      requireSame(each.get(channel - 1), alone);
    }
    JsonNode second = running.post("/v1/recognize?channels=2", stereo).json().get("results");
    assertThat(second).hasSize(1);
    assertThat(second.get(0).get("probabilities")).isEqualTo(each.get(1).get("probabilities"));
    assertThat(running.post("/v1/recognize?channels=3", stereo).detail())
        .isEqualTo("audio: has 2 channels; there is no channel 3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          channel=1        | channel: no such parameter; did you mean channels?
          colour=red       | colour: no such parameter; expected channels, embedding
          channels=left    | channels: Unknown channel 'left'; expected mix, each or a number from 1
          embedding=yes    | embedding: found 'yes', expected true or false
          channels=1&channels=2 | channels: given 2 times, expected once
          """)
  void aWrongParameterIsNamed(String query, String detail) {
    Answer answer = running.post("/v1/recognize?" + query, Clips.wav(0));
    assertThat(answer.problem(400)).isEqualTo("invalid-parameter");
    assertThat(answer.detail()).isEqualTo(detail);
  }

  @Test
  void audioThatCannotBeClassifiedIsRefusedWithTheLibrarysSentence() {
    Answer empty = running.post("/v1/recognize", new byte[0]);
    assertThat(empty.problem(422)).isEqualTo("invalid-audio");
    assertThat(empty.detail()).isEqualTo("audio: an empty file; expected WAV or FLAC audio");
    byte[] damaged = Arrays.copyOf(Clips.wav(0), 50);
    assertThat(running.post("/v1/recognize", damaged).problem(422)).isEqualTo("invalid-audio");
  }

  @Test
  void aDamagedMultipartBodyIsRefused() {
    byte[] none = "--a-boundary-of-the-tests--\r\n".getBytes(StandardCharsets.UTF_8);
    assertThat(running.postMultipart("/v1/recognize", none).problem(400))
        .isEqualTo("invalid-multipart");
    byte[] half =
        "--a-boundary-of-the-tests\r\nContent-Disposition: form-data; name=\"x\"; filename=\"x\"\r\n\r\nRIFF"
            .getBytes(StandardCharsets.UTF_8);
    assertThat(running.postMultipart("/v1/recognize", half).problem(400))
        .isEqualTo("invalid-multipart");
    List<Map.Entry<String, byte[]>> five = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      five.add(entry("x.wav", new byte[0]));
    }
    assertThat(running.postFiles("/v1/recognize", five).problem(400))
        .isEqualTo("invalid-multipart");
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedWhetherItSaysSoOrNot() {
    byte[] large = new byte[(int) MAX_BODY + 1];
    assertThat(running.post("/v1/recognize", large).problem(413)).isEqualTo("too-large");
    Answer chunked =
        running.post(
            "/v1/recognize", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)));
    assertThat(chunked.problem(413)).isEqualTo("too-large");
    assertThat(running.metric("ser_upload_bytes")).isEqualTo(0);
    assertThat(running.post("/v1/recognize", Clips.wav(0)).status()).isEqualTo(200);
  }

  @Test
  void whatTheServerDoesNotHaveIsRefused() {
    assertThat(running.get("/v1/nothing").problem(404)).isEqualTo("not-found");
    assertThat(running.get("/../../etc/passwd").status()).isIn(400, 404);
    Answer method = running.get("/v1/recognize");
    assertThat(method.problem(405)).isEqualTo("method-not-allowed");
    assertThat(method.header("allow")).isEqualTo("POST");
    assertThat(method.header("x-request-id")).matches("[0-9a-f]{16}");
  }

  @Test
  void longAudioIsRefused() {
    try (RunningServer brief = RunningServer.start(options -> options.withMaxSeconds(2))) {
      Answer answer = brief.post("/v1/recognize", Clips.wav(0));
      assertThat(answer.problem(413)).isEqualTo("too-large");
      assertThat(answer.detail())
          .isEqualTo("audio: is longer than 2 s; expected less, or the audio in parts");
      // Ten hours of silence in 130 kB that do not say how many they are.
      byte[] silence = Clips.silentFlac(8_800);
      assertThat(brief.post("/v1/recognize", silence).problem(413)).isEqualTo("too-large");
      assertThat(brief.post("/v1/timeline", silence).problem(413)).isEqualTo("too-large");
      assertThat(brief.metric("ser_audio_seconds_total")).isEqualTo(0);
    }
  }

  @Test
  void aBodyThatNeverArrivesEndsInTime() throws IOException {
    try (RunningServer brief =
            RunningServer.start(options -> options.withTimeout(Duration.ofMillis(500)));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), brief.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          "POST /v1/recognize HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nRIFF"
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 408 ").contains("urn:ser:problem:request-timeout");
      assertThat(brief.metric("ser_upload_bytes")).isEqualTo(0);
    }
    // A client that falls silent is not waited for as long as one that goes on.
    try (RunningServer impatient =
            RunningServer.start(options -> options.withIdleTimeout(Duration.ofMillis(300)));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), impatient.port())) {
      socket
          .getOutputStream()
          .write(
              "POST /v1/recognize HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nRIFF"
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 408 ");
    }
  }

  @Test
  void whatTakesTooLongEndsInTime() {
    try (RunningServer slow =
        RunningServer.start(
            () -> Thread.sleep(60_000), options -> options.withTimeout(Duration.ofMillis(300)))) {
      Answer answer = slow.post("/v1/recognize", Clips.wav(0));
      assertThat(answer.problem(503)).isEqualTo("timeout");
    }
  }

  @Test
  void aFailureOfTheServerTellsNothingOfItsInside() {
    try (RunningServer broken =
        RunningServer.start(
            () -> {
              throw new BackendException("a secret of /home/me");
            },
            options -> options)) {
      Answer answer = broken.post("/v1/recognize", Clips.wav(0));
      assertThat(answer.problem(500)).isEqualTo("internal-error");
      assertThat(answer.body()).doesNotContain("secret").doesNotContain("Exception");
      assertThat(answer.detail()).contains(answer.header("x-request-id"));
    }
  }

  @Test
  void moreThanTheServerTakesOnIsRefusedAndTheRestAnswered() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    int queued = 4;
    try (RunningServer busy =
        RunningServer.start(release::await, options -> options.withMaxQueued(queued))) {
      List<CompletableFuture<Answer>> calls = new ArrayList<>();
      for (int call = 0; call < Workers.THREADS + queued; call++) {
        calls.add(
            CompletableFuture.supplyAsync(
                () -> busy.post("/v1/recognize", Clips.wav(0)), task -> new Thread(task).start()));
      }
      while (busy.metric("ser_queue") < queued) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      Answer refused = busy.post("/v1/recognize", Clips.wav(0));
      assertThat(refused.problem(429)).isEqualTo("too-many-requests");
      assertThat(refused.header("retry-after")).isEqualTo("1");
      release.countDown();
      for (CompletableFuture<Answer> call : calls) {
        assertThat(call.get().status()).isEqualTo(200);
      }
      assertThat(busy.metric("ser_batches_total")).isLessThan(calls.size());
      assertThat(busy.metric("ser_batches_clips_total")).isEqualTo(calls.size());
    }
  }

  @Test
  void aStoppingServerFinishesWhatItHasBegun() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    RunningServer stopping =
        RunningServer.start(
            () -> {
              begun.countDown();
              release.await();
            },
            options -> options);
    CompletableFuture<Answer> call =
        CompletableFuture.supplyAsync(() -> stopping.post("/v1/recognize", Clips.wav(0)));
    begun.await();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(stopping.server()::close);
    TimeUnit.MILLISECONDS.sleep(200);
    assertThat(closed).isNotDone();
    release.countDown();
    assertThat(call.get().status()).isEqualTo(200);
    closed.get();
    stopping.close();
  }

  @Test
  void connectionsThatSayNothingDoNotKeepOthersOut() throws IOException {
    try (RunningServer small = RunningServer.start(options -> options.withMaxConnections(20))) {
      List<Socket> silent = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        silent.add(new Socket(InetAddress.getLoopbackAddress(), small.port()));
      }
      for (Socket socket : silent.subList(0, 10)) { // half a request
        socket.getOutputStream().write("GET / HTT".getBytes(StandardCharsets.US_ASCII));
      }
      assertThat(small.post("/v1/recognize", Clips.wav(0)).status()).isEqualTo(200);
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void theLogHasALineForEachRequestWithoutNames() {
    running.postFiles("/v1/recognize", List.of(entry("private-name.wav", Clips.wav(0))));
    running.get("/private-name");
    assertThat(running.log()).noneMatch(line -> line.contains("private-name"));
    assertThat(running.log())
        .anyMatch(
            line ->
                line.contains("\"path\":\"/v1/recognize\"") && line.contains("\"audioSeconds\":"))
        .anyMatch(line -> line.contains("\"path\":\"other\"") && line.contains("\"status\":404"));
  }
}
