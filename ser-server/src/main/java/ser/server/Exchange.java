package ser.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.eclipse.jetty.websocket.server.WebSocketCreator;
import ser.server.problem.Parameters;
import ser.server.problem.Problem;
import ser.server.problem.ProblemException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** A request and its response, which is given once: what comes later is dropped. */
final class Exchange {
  static final ObjectMapper JSON = JsonMapper.shared();

  private static final long MOST_DISCARDED = 1 << 26;

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final CrowdControl crowd;
  private final ServerMetrics metrics;
  private final AtomicBoolean answered = new AtomicBoolean();

  Exchange(
      Request request,
      Response response,
      Callback callback,
      CrowdControl crowd,
      ServerMetrics metrics) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.crowd = crowd;
    this.metrics = metrics;
  }

  /** {@return the request} */
  Request request() {
    return request;
  }

  /** {@return what the log calls the request} */
  String id() {
    return String.valueOf(request.getAttribute(RequestLine.ID));
  }

  /** {@return the settings in the query} */
  Parameters parameters() {
    Map<String, String> values = new LinkedHashMap<>();
    Fields fields;
    try {
      fields = Request.extractQueryParameters(request);
    } catch (RuntimeException e) { // of an escape that is none
      throw Problem.INVALID_PARAMETER.exception("The query cannot be decoded");
    }
    for (Fields.Field field : fields) {
      if (field.getValues().size() > 1) {
        throw Problem.INVALID_PARAMETER.exception(
            "%s: given %d times, expected once"
                .formatted(field.getName(), field.getValues().size()));
      }
      values.put(field.getName(), field.getValue());
    }
    return new Parameters(values);
  }

  /** {@return the media type of the body, without its parameters; empty where none is given} */
  String mediaType() {
    String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  /** Notes how much audio was classified, for the log and the metrics. */
  void addAudio(double seconds) {
    Object before = request.getAttribute(RequestLine.SECONDS);
    request.setAttribute(
        RequestLine.SECONDS, seconds + (before instanceof Double found ? found : 0));
    metrics.addAudio(seconds);
  }

  /** Answers with a value as JSON. */
  void json(Object value) {
    send(200, "application/json", JSON.writeValueAsBytes(value));
  }

  /** Answers with a content. */
  void send(int status, String type, byte[] content) {
    if (answered.compareAndSet(false, true)) {
      response.setStatus(status);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.length);
      response.write(true, ByteBuffer.wrap(content), callback);
    }
  }

  /** Answers with a file of the server's page, which loads nothing from elsewhere. */
  void page(String type, byte[] content) {
    response
        .getHeaders()
        .put(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                + " media-src 'self' blob:; img-src 'self' data:; base-uri 'none';"
                + " form-action 'none'; frame-ancestors 'none'");
    response.getHeaders().put("Referrer-Policy", "no-referrer");
    send(200, type, content);
  }

  /** Upgrades to a WebSocket; returns whether the handshake was valid. */
  boolean upgrade(ServerWebSocketContainer container, WebSocketCreator creator) {
    boolean upgraded = container.upgrade(creator, request, response, callback);
    if (upgraded) {
      crowd.keep(request);
      answered.set(true);
    }
    return upgraded;
  }

  /** Begins to answer with JSON Lines; empty where the request was answered before. */
  Optional<JsonLinesSink> lines() {
    if (!answered.compareAndSet(false, true)) {
      return Optional.empty();
    }
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/x-ndjson");
    return Optional.of(new JsonLinesSink(response, callback));
  }

  /** Answers with problem details; where the request was answered before, does nothing. */
  void fail(Throwable failure) {
    if (!answered.compareAndSet(false, true)) {
      return;
    }
    if (failure instanceof IOException) {
      callback.failed(failure); // the client has gone
      return;
    }
    ProblemException problem =
        failure instanceof TimeoutException
            ? Problem.REQUEST_TIMEOUT.exception("The body did not arrive in time")
            : failure instanceof HttpException
                ? Problem.INVALID_REQUEST.exception("The request is not as HTTP demands")
                : ProblemException.of(failure, id());
    note(problem, failure);
    Runnable answer =
        () -> writeProblem(request, response, callback, problem.problem(), problem.detail());
    if (problem.problem() == Problem.REQUEST_TIMEOUT) {
      answer.run(); // nobody waits for more
    } else {
      // A client that is still sending would find the connection closed instead of the answer.
      AtomicLong discarded = new AtomicLong();
      BodyReader.read(
          request,
          piece -> {
            if (discarded.addAndGet(piece.remaining()) > MOST_DISCARDED) {
              throw Problem.TOO_LARGE.exception("The body is larger than is waited for");
            }
          },
          Callback.from(answer));
    }
  }

  /** Records a failure after the response has begun; returns what the client is told. */
  ProblemException failureWithin(Throwable failure) {
    ProblemException problem = ProblemException.of(failure, id());
    note(problem, failure);
    request.setAttribute(RequestLine.PROBLEM, problem.problem().code());
    return problem;
  }

  private void note(ProblemException problem, Throwable failure) {
    if (problem.problem() == Problem.INTERNAL_ERROR) {
      RequestLine.logFailure(id(), failure);
    }
    metrics.addProblem(problem.problem());
  }

  /** Writes problem details as the response. */
  static void writeProblem(
      Request request, Response response, Callback callback, Problem problem, String detail) {
    request.setAttribute(RequestLine.PROBLEM, problem.code());
    response.setStatus(problem.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
    if (problem.retryAfter() > 0) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, problem.retryAfter());
    }
    if (problem == Problem.UNAUTHORIZED) {
      response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
    }
    Map<String, Object> details = problem.details(detail);
    byte[] content = JSON.writeValueAsString(details).getBytes(StandardCharsets.UTF_8);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.length);
    response.write(true, ByteBuffer.wrap(content), callback);
  }
}
