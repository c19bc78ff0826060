package ser.server.problem;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The kinds of problems, as the problem details of RFC 9457 name them. */
public enum Problem {
  /** A parameter is unknown, missing or out of range. */
  INVALID_PARAMETER(400, "Invalid parameter"),
  /** A multipart body is damaged or holds no file. */
  INVALID_MULTIPART(400, "Invalid multipart body"),
  /** A request that is no HTTP, or too much of a header. */
  INVALID_REQUEST(400, "Invalid request"),
  /** The bearer token is missing or wrong. */
  UNAUTHORIZED(401, "Unauthorized"),
  /** A WebSocket of another site's page. */
  FORBIDDEN_ORIGIN(403, "Forbidden origin"),
  /** There is no such resource. */
  NOT_FOUND(404, "Not found"),
  /** The resource has other methods. */
  METHOD_NOT_ALLOWED(405, "Method not allowed"),
  /** The body did not arrive in time. */
  REQUEST_TIMEOUT(408, "Request timeout"),
  /** The body, or the audio in it, is larger than the server takes. */
  TOO_LARGE(413, "Too large"),
  /** The audio cannot be decoded or classified. */
  INVALID_AUDIO(422, "Invalid audio"),
  /** The server has as much to do as it takes on. */
  TOO_MANY_REQUESTS(429, "Too many requests"),
  /** The server failed; its log says why. */
  INTERNAL_ERROR(500, "Internal error"),
  /** The server is being stopped. */
  STOPPING(503, "Stopping"),
  /** Classifying took longer than the server allows. */
  TIMEOUT(503, "Timeout");

  private static final int RETRY_SECONDS = 1;

  private final int status;
  private final String title;

  Problem(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /** {@return the HTTP status} */
  public int status() {
    return status;
  }

  /** {@return the kind as a word, such as {@code invalid-audio}} */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@return the seconds after which a caller may try again; 0 where that would be the same} */
  public int retryAfter() {
    return this == TOO_MANY_REQUESTS || this == STOPPING ? RETRY_SECONDS : 0;
  }

  /**
   * Returns the problem details of a failure.
   *
   * @param detail one sentence
   * @return the members {@code type}, {@code title}, {@code status} and {@code detail}
   */
  public Map<String, Object> details(String detail) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("type", "urn:ser:problem:" + code());
    details.put("title", title);
    details.put("status", status);
    details.put("detail", detail);
    return details;
  }

  /**
   * Returns the failure of a request.
   *
   * @param detail one sentence
   * @return the exception
   */
  public ProblemException exception(String detail) {
    return new ProblemException(this, detail);
  }
}
