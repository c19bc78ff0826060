package ser.server;

import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.NanoTime;

/**
 * Logs a line of JSON for each request, and measures it: no audio, no names of files, no query and
 * no address of the client.
 */
final class RequestLine implements RequestLog {
  /** The identifier of a request. */
  static final String ID = "ser.id";

  /** The route of a request, such as {@code /v1/recognize}. */
  static final String ROUTE = "ser.route";

  /** The seconds of audio in a request. */
  static final String SECONDS = "ser.seconds";

  /** The kind of problem that a request had. */
  static final String PROBLEM = "ser.problem";

  private static final System.Logger LOGGER = System.getLogger("ser.server");

  private final Consumer<String> lines;
  private final ServerMetrics metrics;

  RequestLine(Consumer<String> lines, ServerMetrics metrics) {
    this.lines = lines;
    this.metrics = metrics;
  }

  /** Logs why a request failed in the server. */
  static void logFailure(String id, Throwable failure) {
    LOGGER.log(Level.ERROR, "Request " + id + " failed", failure);
  }

  /** Logs the end of a session on a WebSocket. */
  void logStream(String id, Map<String, Object> known) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("time", Instant.now().toString());
    fields.put("id", id);
    fields.put("path", "/v1/stream");
    fields.putAll(known);
    lines.accept(Exchange.JSON.writeValueAsString(fields));
  }

  @Override
  public void log(Request request, Response response) {
    long nanoseconds = NanoTime.since(request.getBeginNanoTime());
    // An unknown path may hold anything.
    Object route = request.getAttribute(ROUTE);
    String path = route == null ? "other" : route.toString();
    metrics.addRequest(path, response.getStatus(), nanoseconds);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("time", Instant.now().toString());
    fields.put("id", String.valueOf(request.getAttribute(ID)));
    fields.put("method", request.getMethod().matches("[A-Z]{1,10}") ? request.getMethod() : "?");
    fields.put("path", path);
    fields.put("status", response.getStatus());
    fields.put("milliseconds", TimeUnit.NANOSECONDS.toMillis(nanoseconds));
    fields.put("bytesIn", Request.getContentBytesRead(request));
    fields.put("bytesOut", Response.getContentBytesWritten(response));
    if (request.getAttribute(SECONDS) instanceof Double seconds) {
      fields.put("audioSeconds", seconds);
    }
    if (request.getAttribute(PROBLEM) instanceof String problem) {
      fields.put("problem", problem);
    }
    lines.accept(Exchange.JSON.writeValueAsString(fields));
  }
}
