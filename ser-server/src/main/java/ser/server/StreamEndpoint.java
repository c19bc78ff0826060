package ser.server;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;
import ser.api.EmotionRecognizer;
import ser.api.SerException;
import ser.api.StreamOptions;
import ser.server.problem.Parameters;
import ser.server.problem.Problem;
import ser.server.problem.ProblemException;
import ser.server.stream.Events;
import ser.server.stream.SessionSettings;
import ser.server.stream.StreamSession;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * {@code GET /v1/stream}: a WebSocket that takes samples and sends events. The first message is the
 * text {@code session.create}; binary messages of samples follow, and the text {@code
 * session.finish} ends them.
 *
 * <p>A message is asked for when the one before it is classified and its events are sent, so that a
 * session holds one message, whatever the client sends and however slowly it reads.
 */
final class StreamEndpoint implements Route.Endpoint {
  /** The subprotocol, which a browser names together with its token. */
  static final String PROTOCOL = "ser";

  private static final String TOKEN_PROTOCOL = "bearer.";
  private static final int HELD_SECONDS = 12;
  private static final int OPEN_SECONDS = 5;
  private static final int CLOSE_SECONDS = 5;
  private static final int STOP_SECONDS = 2;
  private static final int NORMAL = 1000;
  private static final int GOING_AWAY = 1001;
  private static final int POLICY_VIOLATION = 1008;
  private static final int SERVER_ERROR = 1011;

  private final EmotionRecognizer recognizer;
  private final Events events;
  private final ServerOptions options;
  private final ServerWebSocketContainer container;
  private final Executor executor;
  private final ScheduledExecutorService clock;
  private final MemoryBudget memory;
  private final ServerMetrics metrics;
  private final BiConsumer<String, Map<String, Object>> log;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger open = new AtomicInteger();
  private volatile boolean stopped;

  /**
   * Prepares the sessions.
   *
   * @param executor classifies, at most one message of each session at a time
   * @param log takes the identifier of a session that has ended, and what is known of it
   */
  StreamEndpoint(
      EmotionRecognizer recognizer,
      Events events,
      ServerOptions options,
      ServerWebSocketContainer container,
      Executor executor,
      ScheduledExecutorService clock,
      MemoryBudget memory,
      ServerMetrics metrics,
      BiConsumer<String, Map<String, Object>> log) {
    this.recognizer = recognizer;
    this.events = events;
    this.options = options;
    this.container = container;
    this.executor = executor;
    this.clock = clock;
    this.memory = memory;
    this.metrics = metrics;
    this.log = log;
  }

  /** {@return the number of sessions} */
  int open() {
    return open.get();
  }

  /**
   * Ends all sessions, because the server is being stopped; waits for a short time until their
   * clients have been told.
   */
  void stop() {
    stopped = true;
    connections.forEach(Connection::stop);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
    try {
      while (open.get() > 0 && System.nanoTime() < end) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void handle(Exchange exchange) {
    Request request = exchange.request();
    if (!"websocket".equalsIgnoreCase(request.getHeaders().get(HttpHeader.UPGRADE))) {
      throw Problem.INVALID_REQUEST.exception("Expected a WebSocket handshake (RFC 6455)");
    }
    requireToken(request);
    requireSameOrigin(request);
    exchange.parameters().requireAllRead();
    if (request.getLength() > 0
        || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)
        || request.getHeaders().contains(HttpHeader.EXPECT)) {
      throw Problem.INVALID_REQUEST.exception("A WebSocket handshake has no body");
    }
    if (stopped) {
      throw Problem.STOPPING.exception("The server is being stopped");
    }
    if (open.incrementAndGet() > options.maxStreams()) {
      open.decrementAndGet();
      throw Problem.TOO_MANY_REQUESTS.exception(
          "%d streams are open already; try again later".formatted(options.maxStreams()));
    }
    Connection connection = new Connection(exchange.id()); // which gives its place back, once
    boolean upgraded = false;
    try {
      upgraded =
          exchange.upgrade(
              container,
              (handshake, response, callback) -> {
                if (handshake.hasSubProtocol(PROTOCOL)) {
                  response.setAcceptedSubProtocol(PROTOCOL);
                }
                return connection;
              });
    } finally {
      if (!upgraded) {
        connection.release();
      }
    }
    if (!upgraded) {
      throw Problem.INVALID_REQUEST.exception("The WebSocket handshake is invalid (RFC 6455)");
    }
    ScheduledFuture<?> unused =
        clock.schedule(connection::releaseUnopened, OPEN_SECONDS, TimeUnit.SECONDS);
  }

  /** A browser cannot set the header of a handshake, but name a subprotocol. */
  private void requireToken(Request request) {
    Optional<String> expected = options.token();
    if (expected.isEmpty()) {
      return;
    }
    for (String protocol :
        request.getHeaders().getCSV(HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL, false)) {
      if (protocol.startsWith(TOKEN_PROTOCOL)
          && HttpApi.isEqual(
              decoded(protocol.substring(TOKEN_PROTOCOL.length())), expected.get())) {
        return;
      }
    }
    HttpApi.requireToken(request, expected);
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getUrlDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** A page of another site must not use a server that its visitor can reach. */
  private static void requireSameOrigin(Request request) {
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    String host = request.getHeaders().get(HttpHeader.HOST);
    if (origin != null && !origin.replaceFirst("^https?://", "").equals(host)) {
      throw Problem.FORBIDDEN_ORIGIN.exception(
          "A stream is opened by a page of this server or by a program alone");
    }
  }

  /** The encoding of samples in bytes, little-endian. */
  private enum Encoding {
    S16LE(2),
    F32LE(4);

    private final int bytes;

    Encoding(int bytes) {
      this.bytes = bytes;
    }

    float[] samples(ByteBuffer message) {
      if (message.remaining() % bytes != 0) {
        throw Problem.INVALID_AUDIO.exception(
            "A message of %d bytes; expected whole samples of %d bytes"
                .formatted(message.remaining(), bytes));
      }
      ByteBuffer ordered = message.slice().order(ByteOrder.LITTLE_ENDIAN);
      float[] samples = new float[message.remaining() / bytes];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = this == S16LE ? ordered.getShort(2 * i) / 32_768f : ordered.getFloat(4 * i);
      }
      return samples;
    }

    static Encoding parse(String text) {
      return switch (text) {
        case "s16le" -> S16LE;
        case "f32le" -> F32LE;
        default -> throw new SerException("found '%s', expected s16le or f32le".formatted(text));
      };
    }
  }

  /** One session, on its connection; public, because Jetty calls it by reflection. */
  public final class Connection implements Session.Listener {
    private final String id;
    private final long begun = System.nanoTime();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicBoolean demanded = new AtomicBoolean(true);
    private volatile @Nullable Session session; // set before any message
    private @Nullable StreamSession stream;
    private Encoding encoding = Encoding.S16LE;
    private double seconds;
    private final AtomicBoolean released = new AtomicBoolean();
    private long taken; // of the memory for uploads
    private boolean ended;
    private volatile boolean closed;
    private @Nullable Problem problem;

    private Connection(String id) {
      this.id = id;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
      session = opened;
      if (released.get()) {
        opened.disconnect();
        return;
      }
      connections.add(this);
      opened.demand();
    }

    @Override
    public void onWebSocketText(String message) {
      process(() -> takeText(message), Callback.NOOP);
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
      process(() -> takeSamples(payload), callback);
    }

    /** Gives up its place where the client has gone before the WebSocket was open. */
    private void releaseUnopened() {
      if (session == null) {
        release();
      }
    }

    private void release() {
      if (released.compareAndSet(false, true)) {
        open.decrementAndGet();
      }
    }

    /** Runs the work on a message, and asks for the next one when its events are sent. */
    private void process(Runnable work, Callback callback) {
      demanded.set(false);
      pending.set(1);
      executor.execute(
          () -> {
            try {
              synchronized (this) {
                if (!ended && !closed) {
                  runOrFail(work);
                }
              }
            } finally {
              callback.succeed();
              settle();
            }
          });
    }

    private void runOrFail(Runnable work) {
      try {
        work.run();
      } catch (Throwable e) { // even without memory, the session ends and gives its own back
        fail(e);
      }
    }

    private void settle() {
      if (pending.decrementAndGet() == 0) {
        Session opened = session;
        // After its own close frame, too: the client's is still to come.
        if (opened != null && !closed && demanded.compareAndSet(false, true)) {
          try {
            opened.demand();
          } catch (IllegalStateException e) {
            // The connection has failed meanwhile; onWebSocketClose follows.
          }
        }
      }
    }

    private void takeText(String message) {
      Map<String, String> fields = fields(message);
      String type = fields.remove("type");
      if (stream == null && "session.create".equals(type)) {
        create(new Parameters(fields));
      } else if (stream != null && "session.finish".equals(type)) {
        stream.finish();
        end(null);
        send(events.closed(seconds, List.of()));
        close(NORMAL, "session.closed");
      } else {
        throw Problem.INVALID_REQUEST.exception(
            "A text message of type %s; expected %s"
                .formatted(
                    type,
                    stream == null
                        ? "session.create"
                        : "samples as binary messages, or session.finish"));
      }
    }

    private void create(Parameters parameters) {
      int rate =
          parameters
              .number("rate")
              .filter(number -> number == Math.rint(number) && number >= 1_000 && number <= 192_000)
              .map(Double::intValue)
              .orElseThrow(
                  () ->
                      Problem.INVALID_PARAMETER.exception(
                          "rate: expected the sample rate, 1000 to 192000 Hz"));
      encoding =
          parameters
              .read("encoding", Encoding::parse)
              .orElseThrow(
                  () -> Problem.INVALID_PARAMETER.exception("encoding: expected s16le or f32le"));
      SessionSettings settings = SessionSettings.read(parameters);
      parameters.requireAllRead();
      long needed = bytes(rate, settings);
      memory.take(needed);
      taken = needed;
      stream = new StreamSession(recognizer, rate, settings, events, this::send);
      send(events.created(rate, settings));
    }

    /** Returns what a stream takes, generously: features of a window, and seconds of samples. */
    private static long bytes(int rate, SessionSettings settings) {
      double window = settings.windows().map(StreamOptions::windowSeconds).orElse(0.0);
      return (2L << 20) + Math.round((1 << 18) * window) + HELD_SECONDS * 4L * rate;
    }

    private void takeSamples(ByteBuffer payload) {
      StreamSession running = stream;
      if (running == null) {
        throw Problem.INVALID_REQUEST.exception(
            "A binary message before the text message session.create");
      }
      float[] samples = encoding.samples(payload);
      running.push(samples, samples.length);
      if (running.seconds() > options.maxSeconds()) {
        throw Problem.TOO_LARGE.exception(
            "The stream is longer than %.0f s; open another".formatted(options.maxSeconds()));
      }
    }

    private static Map<String, String> fields(String message) {
      JsonNode node;
      try {
        node = Exchange.JSON.readTree(message);
      } catch (JacksonException e) {
        throw Problem.INVALID_REQUEST.exception("A text message that is no JSON");
      }
      if (!node.isObject()) {
        throw Problem.INVALID_REQUEST.exception("A text message that is no JSON object");
      }
      Map<String, String> fields = new LinkedHashMap<>();
      node.properties()
          .forEach(
              field -> {
                if (!field.getValue().isValueNode() || field.getValue().isNull()) {
                  throw Problem.INVALID_PARAMETER.exception(
                      field.getKey() + ": expected a number or a word");
                }
                fields.put(field.getKey(), field.getValue().asString());
              });
      return fields;
    }

    private void send(Map<String, ?> event) {
      Session opened = session;
      if (opened == null || !opened.isOpen()) {
        return;
      }
      pending.incrementAndGet();
      opened.sendText(
          Exchange.JSON.writeValueAsString(event), Callback.from(this::settle, failed -> settle()));
    }

    private void fail(Throwable failure) {
      ProblemException told = ProblemException.of(failure, id);
      if (told.problem() == Problem.INTERNAL_ERROR) {
        RequestLine.logFailure(id, failure);
      }
      metrics.addProblem(told.problem());
      end(told.problem());
      send(events.error(told));
      close(
          told.problem() == Problem.INTERNAL_ERROR ? SERVER_ERROR : POLICY_VIOLATION,
          told.problem().code());
    }

    /** Ends because the server does. */
    synchronized void stop() {
      if (!ended && !closed) {
        ProblemException told = Problem.STOPPING.exception("The server is being stopped");
        end(told.problem());
        send(events.error(told));
        close(GOING_AWAY, told.problem().code());
      }
    }

    private void close(int status, String reason) {
      Session opened = session;
      if (opened != null) {
        opened.close(status, reason, Callback.NOOP);
        // A client that does not close its side must not keep a place.
        ScheduledFuture<?> unused =
            clock.schedule(opened::disconnect, CLOSE_SECONDS, TimeUnit.SECONDS);
      }
    }

    /** Frees the stream. */
    private void end(@Nullable Problem why) {
      ended = true;
      problem = why;
      memory.give(taken);
      taken = 0;
      StreamSession running = stream;
      if (running != null) {
        stream = null; // what it holds is free, though Jetty may hold on to this connection
        seconds = running.seconds();
        metrics.addAudio(seconds);
        running.close();
      }
    }

    @Override
    public void onWebSocketError(Throwable cause) {
      // onWebSocketClose follows.
    }

    @Override
    public void onWebSocketClose(int status, @Nullable String reason, Callback callback) {
      executor.execute(
          () -> {
            synchronized (this) {
              if (closed) {
                return;
              }
              closed = true;
              connections.remove(this);
              release();
              if (!ended) {
                end(null);
              }
            }
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("closeStatus", status);
            fields.put("milliseconds", (System.nanoTime() - begun) / 1_000_000);
            fields.put("audioSeconds", seconds);
            if (problem != null) {
              fields.put("problem", problem.code());
            }
            log.accept(id, fields);
          });
      callback.succeed();
    }
  }
}
