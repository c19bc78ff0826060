package ser.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import ser.server.problem.Problem;
import ser.server.problem.ProblemException;

/** Finds the route of a request, checks its token and method, and answers what has no route. */
final class HttpApi extends Handler.Abstract.NonBlocking {
  private static final String BEARER = "Bearer ";

  private final Map<String, Route> routes = new TreeMap<>();
  private final Optional<String> token;
  private final CrowdControl crowd;
  private final ServerMetrics metrics;

  HttpApi(Optional<String> token, CrowdControl crowd, ServerMetrics metrics) {
    this.token = token;
    this.crowd = crowd;
    this.metrics = metrics;
  }

  /** Adds a route. */
  void add(String path, String method, boolean open, Route.Endpoint endpoint) {
    Set<String> methods = method.equals("GET") ? Set.of("GET", "HEAD") : Set.of(method);
    routes.put(path, new Route(path, methods, open, endpoint));
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    begin(request, response);
    crowd.begin(request);
    Exchange exchange = new Exchange(request, response, callback, crowd, metrics);
    try {
      Route route = routes.get(request.getHttpURI().getCanonicalPath());
      if (route == null) {
        throw Problem.NOT_FOUND.exception("There is no such resource; /openapi.json lists them");
      }
      request.setAttribute(RequestLine.ROUTE, route.path());
      if (!route.open()) {
        requireToken(request, token);
      }
      if (!route.methods().contains(request.getMethod())) {
        response.getHeaders().put(HttpHeader.ALLOW, String.join(", ", route.methods()));
        throw Problem.METHOD_NOT_ALLOWED.exception(
            "%s has no method %s; expected %s"
                .formatted(
                    route.path(), request.getMethod(), String.join(" or ", route.methods())));
      }
      route.endpoint().handle(exchange);
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
    return true;
  }

  /** Names a request, and sets the headers of every response. */
  static void begin(Request request, Response response) {
    if (request.getAttribute(RequestLine.ID) == null) {
      request.setAttribute(
          RequestLine.ID, "%016x".formatted(ThreadLocalRandom.current().nextLong()));
    }
    response.getHeaders().put("X-Request-Id", String.valueOf(request.getAttribute(RequestLine.ID)));
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
  }

  /**
   * Checks the bearer token of a request.
   *
   * @throws ProblemException when one is expected and it has another or none
   */
  static void requireToken(Request request, Optional<String> expected) {
    if (expected.isEmpty()) {
      return;
    }
    String given = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    if (given == null
        || !given.regionMatches(true, 0, BEARER, 0, BEARER.length())
        || !isEqual(given.substring(BEARER.length()), expected.get())) {
      throw Problem.UNAUTHORIZED.exception("Expected the header Authorization: Bearer TOKEN");
    }
  }

  /** Compares in a time that does not depend on where texts differ. */
  static boolean isEqual(String given, String expected) {
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
  }
}
