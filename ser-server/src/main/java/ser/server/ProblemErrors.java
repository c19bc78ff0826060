package ser.server;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import ser.server.problem.Problem;

/** Tells what the HTTP layer itself refuses as problem details, without what it knows inside. */
final class ProblemErrors extends ErrorHandler {
  private final ServerMetrics metrics;

  ProblemErrors(ServerMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    HttpApi.begin(request, response);
    Problem problem = problem(response.getStatus());
    metrics.addProblem(problem);
    Exchange.writeProblem(request, response, callback, problem, detail(problem));
    return true;
  }

  private static Problem problem(int status) {
    return switch (status) {
      case 404 -> Problem.NOT_FOUND;
      case 405 -> Problem.METHOD_NOT_ALLOWED;
      case 408 -> Problem.REQUEST_TIMEOUT;
      case 413 -> Problem.TOO_LARGE;
      case 503 -> Problem.STOPPING;
      case 505 -> Problem.INVALID_REQUEST; // a version of HTTP
      default -> status < 500 ? Problem.INVALID_REQUEST : Problem.INTERNAL_ERROR;
    };
  }

  private static String detail(Problem problem) {
    return switch (problem) {
      case STOPPING, TIMEOUT -> "The server is being stopped";
      case INTERNAL_ERROR -> "The request failed in the server";
      default -> "The request cannot be read as HTTP, or its header is too large";
    };
  }
}
