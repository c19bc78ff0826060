package ser.server;

import java.util.Set;
import ser.server.problem.ProblemException;

/**
 * A resource.
 *
 * @param path of the resource
 * @param methods it has
 * @param open whether it needs no token
 * @param endpoint answers requests
 */
record Route(String path, Set<String> methods, boolean open, Endpoint endpoint) {
  /** Answers requests of a resource. */
  @FunctionalInterface
  interface Endpoint {
    /**
     * Answers a request, at once or later; does not wait.
     *
     * @throws ProblemException when the request cannot be answered
     */
    void handle(Exchange exchange);
  }
}
