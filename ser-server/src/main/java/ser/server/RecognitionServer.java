package ser.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import ser.api.EmotionRecognizer;
import ser.api.SerException;
import ser.server.stream.Events;

/**
 * Classifies the emotion of speech over HTTP and WebSocket.
 *
 * <pre>{@code
 * RecognizerOptions options =
 *     RecognizerOptions.defaults()
 *         .withAttention(false)
 *         .withEmbedding(true)
 *         .withThreads(1)
 *         .withDynamicBatching(true);
 * try (EmotionRecognizer recognizer = EmotionRecognizer.load(options);
 *     RecognitionServer server =
 *         RecognitionServer.start(recognizer, "base", ServerOptions.defaults(), System.err::println)) {
 *   server.join();
 * }
 * }</pre>
 *
 * <p>Bodies are held in memory, all together in at most a quarter of Java's; nothing is written to
 * disk. Thread-safe.
 */
public final class RecognitionServer implements AutoCloseable {
  private static final int LARGEST_MESSAGE = 1 << 20;
  private static final int LARGEST_TEXT = 1 << 12;
  private static final int IO_THREADS = 64;
  private static final long SHUTDOWN_IDLE_MILLISECONDS = 5_000;
  private static final long STOP_MILLISECONDS = 30_000;
  private static final long SWEEP_MILLISECONDS = 500;

  private final Server server;
  private final ServerConnector connector;
  private final ServerOptions options;
  private final Workers workers;
  private final ThreadPoolExecutor streaming;
  private final ScheduledExecutorService clock;
  private final ServerMetrics metrics;
  private final StreamEndpoint streams;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);

  private RecognitionServer(
      EmotionRecognizer recognizer, String model, ServerOptions options, Consumer<String> log) {
    this.options = options;
    this.metrics = new ServerMetrics(recognizer);
    ScheduledThreadPoolExecutor alarms =
        new ScheduledThreadPoolExecutor(1, task -> daemon(task, "ser-clock"));
    alarms.setRemoveOnCancelPolicy(true); // most alarms are cancelled
    this.clock = alarms;
    this.workers = new Workers(options.maxQueued(), options.timeout(), clock);
    int cores = Runtime.getRuntime().availableProcessors();
    this.streaming =
        new ThreadPoolExecutor(
            cores,
            cores,
            1,
            TimeUnit.MINUTES,
            // A message and the end of each session.
            new ArrayBlockingQueue<>(2 * options.maxStreams() + 2),
            task -> daemon(task, "ser-stream"));
    streaming.allowCoreThreadTimeOut(true);

    QueuedThreadPool threads = new QueuedThreadPool(IO_THREADS);
    threads.setName("ser-http");
    threads.setDaemon(true);
    this.server = new Server(threads);
    this.connector = connector(server, options);
    RequestLine lines = new RequestLine(log, metrics);
    server.setRequestLog(lines);
    server.setErrorHandler(new ProblemErrors(metrics));
    server.setStopTimeout(STOP_MILLISECONDS);

    ServerWebSocketContainer container = ServerWebSocketContainer.ensure(server);
    container.setMaxBinaryMessageSize(LARGEST_MESSAGE);
    container.setMaxFrameSize(LARGEST_MESSAGE);
    container.setMaxTextMessageSize(LARGEST_TEXT);
    container.setIdleTimeout(options.idleTimeout());

    Events events = new Events(model, recognizer.labels());
    MemoryBudget memory = new MemoryBudget(Runtime.getRuntime().maxMemory() / 4);
    Uploads uploads = new Uploads(options, memory, workers, clock);
    this.streams =
        new StreamEndpoint(
            recognizer,
            events,
            options,
            container,
            streaming,
            clock,
            memory,
            metrics,
            lines::logStream);
    metrics.addGauge("ser.queue", "Requests that wait for a worker", workers::waiting);
    metrics.addGauge("ser.streams", "Open streams", streams::open);
    metrics.addGauge("ser.upload.bytes", "Memory that bodies take", memory::taken);

    CrowdControl crowd = new CrowdControl(connector, options.maxConnections());
    ScheduledFuture<?> unused =
        clock.scheduleWithFixedDelay(
            crowd::sweep, SWEEP_MILLISECONDS, SWEEP_MILLISECONDS, TimeUnit.MILLISECONDS);
    HttpApi api = new HttpApi(options.token(), crowd, metrics);
    api.add("/v1/recognize", "POST", false, new RecognizeEndpoint(recognizer, model, uploads));
    api.add("/v1/timeline", "POST", false, new TimelineEndpoint(recognizer, events, uploads));
    api.add("/v1/stream", "GET", true, streams); // checks the token itself
    InferenceProtocol protocol = new InferenceProtocol(recognizer, model, () -> !stopping.get());
    api.add("/v2", "GET", false, protocol::server);
    api.add("/v2/health/live", "GET", true, protocol::live);
    api.add("/v2/health/ready", "GET", true, protocol::ready);
    api.add("/v2/models/" + model, "GET", false, protocol::model);
    api.add("/v2/models/" + model + "/ready", "GET", true, protocol::modelReady);
    api.add(
        "/metrics",
        "GET",
        false,
        exchange ->
            exchange.send(
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                metrics.text().getBytes(StandardCharsets.UTF_8)));
    addResource(api, "/openapi.json", "openapi.json", "application/json");
    addResource(api, "/", "page/index.html", "text/html; charset=utf-8");
    addResource(api, "/page.css", "page/page.css", "text/css; charset=utf-8");
    for (String script : List.of("page", "plot", "recording", "server", "worklet")) {
      addResource(
          api, "/" + script + ".js", "page/" + script + ".js", "text/javascript; charset=utf-8");
    }
    GracefulHandler graceful = new GracefulHandler(api);
    // A body that still arrives belongs to a request that has begun.
    graceful.setShutdownIdleTimeout(SHUTDOWN_IDLE_MILLISECONDS);
    connector.setShutdownIdleTimeout(SHUTDOWN_IDLE_MILLISECONDS);
    server.setHandler(graceful);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private static void addResource(HttpApi api, String path, String file, String type) {
    byte[] content;
    try (InputStream in = RecognitionServer.class.getResourceAsStream(file)) {
      content = Objects.requireNonNull(in, file).readAllBytes();
    } catch (IOException e) {
      throw new SerException("The resource " + file + " cannot be read", e);
    }
    api.add(path, "GET", true, exchange -> exchange.page(type, content));
  }

  private static ServerConnector connector(Server server, ServerOptions options) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setIdleTimeout(options.idleTimeout().toMillis());
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    ServerConnector connector;
    if (options.keyStore().isPresent()) {
      http.addCustomizer(new SecureRequestCustomizer(false));
      SslContextFactory.Server tls = new SslContextFactory.Server();
      tls.setKeyStore(keyStore(options.keyStore().get(), options.keyStorePassword()));
      tls.setKeyStorePassword(options.keyStorePassword());
      connector =
          new ServerConnector(server, new SslConnectionFactory(tls, plain.getProtocol()), plain);
    } else {
      connector = new ServerConnector(server, plain);
    }
    connector.setHost(options.host());
    connector.setPort(options.port());
    connector.setIdleTimeout(options.idleTimeout().toMillis());
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(options.maxConnections(), server));
    return connector;
  }

  private static KeyStore keyStore(Path file, String password) {
    try {
      return KeyStore.getInstance(file.toFile(), password.toCharArray());
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new SerException(
          file
              + (Files.isRegularFile(file)
                  ? ": is no key store (PKCS #12 or JKS) that the password opens"
                  : ": no such file; expected a key store"),
          e);
    }
  }

  /**
   * Starts a server.
   *
   * @param recognizer classifies; best with {@linkplain
   *     ser.api.RecognizerOptions#withDynamicBatching dynamic batching} and with {@linkplain
   *     ser.api.RecognizerOptions#withEmbedding embeddings}, which requests may ask for. Stays the
   *     caller's, who closes it after the server
   * @param model what responses call the model: letters, digits, dots, hyphens and underscores
   * @param options where it listens, and its limits
   * @param log takes a line of JSON for each request and each session that has ended, on any thread
   * @return the server, which has started
   * @throws SerException when it cannot listen there, or the key store cannot be used
   */
  public static RecognitionServer start(
      EmotionRecognizer recognizer, String model, ServerOptions options, Consumer<String> log) {
    Objects.requireNonNull(recognizer, "recognizer");
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(log, "log");
    if (!model.matches("[A-Za-z0-9._-]{1,100}")) {
      throw new SerException(
          "The model's name is '%s'; expected letters, digits, dots, hyphens and underscores"
              .formatted(model));
    }
    RecognitionServer started = new RecognitionServer(recognizer, model, options, log);
    try {
      started.server.start();
      return started;
    } catch (Exception e) { // what start declares
      started.close();
      throw new SerException(
          "Cannot listen on %s:%d: %s".formatted(options.host(), options.port(), reason(e)), e);
    }
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /** {@return the address of the server's page} */
  public URI uri() {
    String host = options.host().contains(":") ? "[" + options.host() + "]" : options.host();
    return URI.create(
        "%s://%s:%d/"
            .formatted(
                options.keyStore().isPresent() ? "https" : "http", host, connector.getLocalPort()));
  }

  /**
   * Waits until the server is closed.
   *
   * @throws InterruptedException when the thread is interrupted
   */
  public void join() throws InterruptedException {
    stopped.await();
  }

  /**
   * Stops the server: no request is accepted any more, sessions are ended, and requests that have
   * begun are finished, for at most 30 s. Closing twice does nothing.
   */
  @Override
  public void close() {
    if (!stopping.compareAndSet(false, true)) {
      return;
    }
    streams.stop();
    try {
      server.stop();
    } catch (Exception e) { // what stop declares
      System.getLogger("ser.server").log(System.Logger.Level.WARNING, "Stopping failed", e);
    }
    workers.close();
    streaming.shutdown();
    clock.shutdownNow();
    metrics.close();
    stopped.countDown();
  }
}
