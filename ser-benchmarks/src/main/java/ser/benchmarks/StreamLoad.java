package ser.benchmarks;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Streams that send speech in real time to a server, and note how late each window comes back. */
final class StreamLoad {
  private static final int PIECES_PER_SECOND = 10;

  /** Half a frame of the features, which a window's last frame reaches beyond its end. */
  private static final double REACH_SECONDS = 0.0125;

  private final URI uri;
  private final AudioClip speech;
  private final List<Double> delays = Collections.synchronizedList(new ArrayList<>());

  /**
   * Plans streams.
   *
   * @param server its address
   * @param speech sent by each stream, from another place of it
   */
  StreamLoad(URI server, AudioClip speech) {
    this.uri = URI.create("ws" + server.resolve("/v1/stream").toString().substring(4));
    this.speech = speech;
  }

  /**
   * Runs streams side by side.
   *
   * @param streams how many
   * @param seconds of sound that each sends
   * @return from sending a window's last sample to receiving its measurement
   * @throws SerException when a stream ends with an error
   */
  Times run(int streams, int seconds) {
    delays.clear();
    ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
    HttpClient client = HttpClient.newHttpClient();
    try {
      List<Stream> all = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        all.add(new Stream(client, i * 7919));
      }
      for (int i = 0; i < streams; i++) {
        Stream stream = all.get(i);
        // Their pieces do not come all at the same time.
        long first = i * 100_000L / streams;
        ScheduledFuture<?> unused =
            clock.scheduleAtFixedRate(
                () -> stream.send(seconds), first, 100_000, TimeUnit.MICROSECONDS);
      }
      all.forEach(stream -> stream.ended.orTimeout(seconds + 60L, TimeUnit.SECONDS).join());
      return new Times(List.copyOf(delays));
    } finally {
      clock.shutdownNow();
    }
  }

  /** One stream. */
  private final class Stream implements WebSocket.Listener {
    private final WebSocket socket;
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final List<Long> sent = Collections.synchronizedList(new ArrayList<>());
    private CompletableFuture<?> last;
    private int place;

    Stream(HttpClient client, int place) {
      this.place = place;
      this.socket = client.newWebSocketBuilder().buildAsync(uri, this).join();
      this.last =
          socket.sendText(
              "{\"type\":\"session.create\",\"rate\":%d,\"encoding\":\"s16le\"}"
                  .formatted(speech.sampleRate()),
              true);
    }

    /** Sends the next piece, or ends the stream. */
    synchronized void send(int seconds) {
      if (ended.isDone() || sent.size() > seconds * PIECES_PER_SECOND) {
        return;
      }
      if (sent.size() == seconds * PIECES_PER_SECOND) {
        sent.add(System.nanoTime());
        last = last.thenCompose(done -> socket.sendText("{\"type\":\"session.finish\"}", true));
        return;
      }
      int length = speech.sampleRate() / PIECES_PER_SECOND;
      ByteBuffer piece = ByteBuffer.allocate(2 * length).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < length; i++) {
        piece.putShort((short) (32_767 * speech.samples()[place++ % speech.samples().length]));
      }
      piece.flip();
      sent.add(System.nanoTime());
      last = last.thenCompose(done -> socket.sendBinary(piece, true));
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean whole) {
      text.append(data);
      if (whole) {
        JsonNode event = JsonMapper.shared().readTree(text.toString());
        text.setLength(0);
        take(event);
      }
      webSocket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    private void take(JsonNode event) {
      switch (event.get("type").asString()) {
        case "measurement" -> {
          int piece =
              (int)
                  Math.ceil(
                      PIECES_PER_SECOND * (event.get("end").asDouble() + REACH_SECONDS) - 1e-9);
          delays.add((System.nanoTime() - sent.get(Math.min(piece, sent.size()) - 1)) / 1e9);
        }
        case "error" ->
            ended.completeExceptionally(
                new SerException("A stream ended with " + event.get("error")));
        default -> {
          // The beginning and the end of the session.
        }
      }
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int status, String reason) {
      ended.complete(null);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      ended.completeExceptionally(error);
    }
  }
}
