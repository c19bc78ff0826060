package ser.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import ser.api.SerException;

/** Where a server listens, whom it serves, and how much it takes on. Immutable. */
public final class ServerOptions {
  private static final ServerOptions DEFAULTS = new ServerOptions(new Draft());
  private static final int SHORTEST_TOKEN = 16;

  private final Draft values;

  private ServerOptions(Draft values) {
    this.values = values;
  }

  /** The values of options that are being changed. */
  private static final class Draft {
    private String host = "127.0.0.1";
    private int port = 8080;
    private @Nullable String token;
    private @Nullable Path keyStore;
    private String keyStorePassword = "";
    private long maxBodyBytes = 64L << 20;
    private int maxFiles = 64;
    private double maxSeconds = 3600;
    private int maxQueued = 256;
    private int maxStreams = 256;
    private int maxConnections = 1024;
    private Duration timeout = Duration.ofMinutes(2);
    private Duration idleTimeout = Duration.ofSeconds(30);

    Draft() {}

    Draft(Draft other) {
      host = other.host;
      port = other.port;
      token = other.token;
      keyStore = other.keyStore;
      keyStorePassword = other.keyStorePassword;
      maxBodyBytes = other.maxBodyBytes;
      maxFiles = other.maxFiles;
      maxSeconds = other.maxSeconds;
      maxQueued = other.maxQueued;
      maxStreams = other.maxStreams;
      maxConnections = other.maxConnections;
      timeout = other.timeout;
      idleTimeout = other.idleTimeout;
    }
  }

  private ServerOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(values);
    change.accept(draft);
    return new ServerOptions(draft);
  }

  /**
   * Returns the default options.
   *
   * @return port 8080 of this machine alone, without a token and TLS; bodies of 64 MiB and 64
   *     files, an hour of audio, 256 requests that wait, 256 streams, 1,024 connections, 120 s for
   *     a request, 30 s of idleness
   */
  public static ServerOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options with another address.
   *
   * @param host a name or address of this machine; {@code 0.0.0.0} for all of its addresses
   * @return the changed options
   */
  public ServerOptions withHost(String host) {
    Objects.requireNonNull(host, "host");
    return with(draft -> draft.host = host);
  }

  /**
   * Returns these options with another port.
   *
   * @param port 1 to 65,535, or 0 for any that is free
   * @return the changed options
   * @throws SerException when the port is out of range
   */
  public ServerOptions withPort(int port) {
    require(port >= 0 && port <= 65_535, "A port of %s; expected 0 to 65535", port);
    return with(draft -> draft.port = port);
  }

  /**
   * Returns these options with a bearer token (RFC 6750), which every request but those of health
   * and of the page must then carry.
   *
   * @param token 16 characters or more, of the letters, digits and signs that RFC 6750 allows
   * @return the changed options
   * @throws SerException when the token is shorter or has other characters
   */
  public ServerOptions withToken(String token) {
    Objects.requireNonNull(token, "token");
    require(
        token.length() >= SHORTEST_TOKEN && token.matches("[A-Za-z0-9._~+/-]+=*"),
        "A token of %s characters; expected 16 or more of A to Z, a to z, 0 to 9 and ._~+/-",
        token.length());
    return with(draft -> draft.token = token);
  }

  /**
   * Returns these options with TLS.
   *
   * @param keyStore the server's certificate and private key, PKCS #12 or JKS
   * @param password of the key store
   * @return the changed options
   */
  public ServerOptions withTls(Path keyStore, String password) {
    Objects.requireNonNull(keyStore, "keyStore");
    Objects.requireNonNull(password, "password");
    return with(
        draft -> {
          draft.keyStore = keyStore;
          draft.keyStorePassword = password;
        });
  }

  /**
   * Returns these options with another bound on a request's body.
   *
   * @param bytes the largest body, 1 kB to 1 GiB
   * @return the changed options
   * @throws SerException when the bound is out of range
   */
  public ServerOptions withMaxBodyBytes(long bytes) {
    require(bytes >= 1000 && bytes <= 1L << 30, "A body of %s bytes; expected 1000 to 2^30", bytes);
    return with(draft -> draft.maxBodyBytes = bytes);
  }

  /**
   * Returns these options with another bound on the files of a multipart request.
   *
   * @param files the most files, 1 or more
   * @return the changed options
   * @throws SerException when the bound is below 1
   */
  public ServerOptions withMaxFiles(int files) {
    require(files >= 1, "%s files in a request; expected 1 or more", files);
    return with(draft -> draft.maxFiles = files);
  }

  /**
   * Returns these options with another bound on the duration of audio.
   *
   * @param seconds of a file or stream, at least 1
   * @return the changed options
   * @throws SerException when the bound is below 1 s
   */
  public ServerOptions withMaxSeconds(double seconds) {
    require(seconds >= 1, "Audio of %s s; expected 1 or more", seconds);
    return with(draft -> draft.maxSeconds = seconds);
  }

  /**
   * Returns these options with another bound on the requests that wait for a worker.
   *
   * @param requests the most that wait, 1 or more; a further one is refused with status 429
   * @return the changed options
   * @throws SerException when the bound is below 1
   */
  public ServerOptions withMaxQueued(int requests) {
    require(requests >= 1, "%s requests that wait; expected 1 or more", requests);
    return with(draft -> draft.maxQueued = requests);
  }

  /**
   * Returns these options with another bound on the streams at a time.
   *
   * @param streams the most open WebSockets, 1 or more; a further one is refused with status 429
   * @return the changed options
   * @throws SerException when the bound is below 1
   */
  public ServerOptions withMaxStreams(int streams) {
    require(streams >= 1, "%s streams; expected 1 or more", streams);
    return with(draft -> draft.maxStreams = streams);
  }

  /**
   * Returns these options with another bound on the connections at a time.
   *
   * @param connections the most open connections, 1 or more; a further one waits to be accepted
   * @return the changed options
   * @throws SerException when the bound is below 1
   */
  public ServerOptions withMaxConnections(int connections) {
    require(connections >= 1, "%s connections; expected 1 or more", connections);
    return with(draft -> draft.maxConnections = connections);
  }

  /**
   * Returns these options with another time limit.
   *
   * @param timeout for a request: for its body to arrive, and again for its results
   * @return the changed options
   * @throws SerException when the limit is below 1 ms
   */
  public ServerOptions withTimeout(Duration timeout) {
    require(timeout.toMillis() >= 1, "A time limit of %s; expected 1 ms or more", timeout);
    return with(draft -> draft.timeout = timeout);
  }

  /**
   * Returns these options with another limit on idleness.
   *
   * @param timeout after which a connection is closed on which nothing is sent or received
   * @return the changed options
   * @throws SerException when the limit is below 1 ms
   */
  public ServerOptions withIdleTimeout(Duration timeout) {
    require(timeout.toMillis() >= 1, "An idle time of %s; expected 1 ms or more", timeout);
    return with(draft -> draft.idleTimeout = timeout);
  }

  private static void require(boolean holds, String message, Object found) {
    if (!holds) {
      throw new SerException(message.formatted(found));
    }
  }

  /** {@return the name or address of this machine on which it listens} */
  public String host() {
    return values.host;
  }

  /** {@return the port; 0 for any that is free} */
  public int port() {
    return values.port;
  }

  /** {@return the bearer token of requests; empty for none} */
  public Optional<String> token() {
    return Optional.ofNullable(values.token);
  }

  /** {@return the key store of TLS; empty for plain HTTP} */
  public Optional<Path> keyStore() {
    return Optional.ofNullable(values.keyStore);
  }

  /** {@return the password of the key store} */
  public String keyStorePassword() {
    return values.keyStorePassword;
  }

  /** {@return the largest body of a request, in bytes} */
  public long maxBodyBytes() {
    return values.maxBodyBytes;
  }

  /** {@return the most files of a multipart request} */
  public int maxFiles() {
    return values.maxFiles;
  }

  /** {@return the longest file or stream, in seconds} */
  public double maxSeconds() {
    return values.maxSeconds;
  }

  /** {@return the most requests that wait for a worker} */
  public int maxQueued() {
    return values.maxQueued;
  }

  /** {@return the most streams at a time} */
  public int maxStreams() {
    return values.maxStreams;
  }

  /** {@return the most connections at a time} */
  public int maxConnections() {
    return values.maxConnections;
  }

  /** {@return the time for a request's body to arrive, and again for its results} */
  public Duration timeout() {
    return values.timeout;
  }

  /** {@return the time after which an idle connection is closed} */
  public Duration idleTimeout() {
    return values.idleTimeout;
  }
}
