package ser.server;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import ser.server.problem.ProblemException;

/** Reads the body of a request as it arrives, without a thread that waits for it. */
final class BodyReader implements Runnable {
  private final Request request;
  private final Body body;
  private final Callback end;

  private BodyReader(Request request, Body body, Callback end) {
    this.request = request;
    this.body = body;
    this.end = end;
  }

  /**
   * Begins to read.
   *
   * @param body receives what arrives; the caller closes it
   * @param end succeeds when the body is complete; fails with a {@link ProblemException} where it
   *     is too large, and otherwise where the connection has ended
   * @throws ProblemException when its announced length is too large
   */
  static void read(Request request, Body body, Callback end) {
    body.requireSize(request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH));
    new BodyReader(request, body, end).run();
  }

  @Override
  public void run() {
    while (true) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        end.failed(chunk.getFailure());
        return;
      }
      boolean last = chunk.isLast();
      try {
        body.add(chunk.getByteBuffer());
      } catch (RuntimeException e) {
        end.failed(e);
        return;
      } finally {
        chunk.release();
      }
      if (last) {
        end.succeeded();
        return;
      }
    }
  }
}
