package ser.server;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/** Reads the body of a request as it arrives, without a thread that waits for it. */
final class BodyReader implements Runnable {
  private final Request request;
  private final Consumer<ByteBuffer> sink;
  private final Callback end;

  private BodyReader(Request request, Consumer<ByteBuffer> sink, Callback end) {
    this.request = request;
    this.sink = sink;
    this.end = end;
  }

  /**
   * Begins to read.
   *
   * @param sink takes the pieces that arrive; an exception of it ends the reading
   * @param end succeeds when the body is complete; fails with the exception of {@code sink}, or
   *     where the connection has ended
   */
  static void read(Request request, Consumer<ByteBuffer> sink, Callback end) {
    new BodyReader(request, sink, end).run();
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
        sink.accept(chunk.getByteBuffer());
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
