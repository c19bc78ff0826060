package ser.server;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * Reads the rest of a body and drops it, before an answer that does not depend on it: a client that
 * is still sending would find the connection closed instead of the answer.
 */
final class BodyDrain implements Runnable {
  private static final long MOST = 1 << 26;

  private final Request request;
  private final Runnable answer;
  private long dropped;

  private BodyDrain(Request request, Runnable answer) {
    this.request = request;
    this.answer = answer;
  }

  /**
   * Begins to read.
   *
   * @param answer run once, when the body is at its end, has failed or is larger than anyone waits
   *     for
   */
  static void drain(Request request, Runnable answer) {
    new BodyDrain(request, answer).run();
  }

  @Override
  public void run() {
    while (true) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this);
        return;
      }
      boolean end = chunk.isLast() || Content.Chunk.isFailure(chunk);
      dropped += chunk.remaining();
      chunk.release();
      if (end || dropped > MOST) {
        answer.run();
        return;
      }
    }
  }
}
