package ser.server;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import ser.api.SerException;

/**
 * Writes a response line by line. A worker goes on while the client reads; where more waits than
 * {@value #MOST_WAITING} bytes, it waits for the client, and ends a connection on which nothing
 * moves for some seconds.
 */
final class JsonLinesSink {
  private static final int MOST_WAITING = 1 << 20;
  private static final int PIECE = 1 << 16;
  private static final int PATIENCE_SECONDS = 10;

  private final Response response;
  private final Callback callback;
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
  private long pieces; // that were written
  private boolean writing;
  private boolean ended;
  private @Nullable Throwable failure;

  JsonLinesSink(Response response, Callback callback) {
    this.response = response;
    this.callback = callback;
  }

  /**
   * Writes an object.
   *
   * @throws ClientGoneException when the client has ended the connection, or reads too slowly
   * @throws SerException when the thread is interrupted while it waits for the client
   */
  void write(Map<String, ?> object) {
    byte[] line =
        (Exchange.JSON.writeValueAsString(object) + "\n").getBytes(StandardCharsets.UTF_8);
    synchronized (this) {
      while (failure == null && waiting.size() > MOST_WAITING) {
        awaitClient();
      }
      if (failure != null) {
        throw new ClientGoneException(failure);
      }
      waiting.writeBytes(line);
    }
    writeNext();
  }

  private synchronized void awaitClient() {
    long before = pieces;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    try {
      while (failure == null && pieces == before) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          failure = new TimeoutException("The client reads too slowly");
          EndPoint connection =
              response.getRequest().getConnectionMetaData().getConnection().getEndPoint();
          connection.close(failure);
          return;
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SerException("The thread was interrupted while the client read", e);
    }
  }

  /** Ends the response once all lines are written. */
  void end() {
    synchronized (this) {
      ended = true;
    }
    writeNext();
  }

  /** The client has gone; there is nobody to tell. */
  static final class ClientGoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClientGoneException() {}

    ClientGoneException(Throwable cause) {
      super(cause);
    }
  }

  private void writeNext() {
    ByteBuffer next;
    boolean last;
    synchronized (this) {
      if (writing || failure != null || (waiting.size() == 0 && !ended)) {
        return;
      }
      last = waiting.size() == 0;
      next = piece();
      writing = true;
    }
    response.write(
        last,
        next,
        new Callback() {
          @Override
          public void succeeded() {
            synchronized (JsonLinesSink.this) {
              writing = false;
              pieces++;
              JsonLinesSink.this.notifyAll();
            }
            if (last) {
              callback.succeeded();
            } else {
              writeNext();
            }
          }

          @Override
          public void failed(Throwable cause) {
            synchronized (JsonLinesSink.this) {
              failure = cause;
              waiting.reset();
              JsonLinesSink.this.notifyAll();
            }
            callback.failed(cause);
          }
        });
  }

  /** Takes the first of what waits, as much as shows that the client goes on reading. */
  private ByteBuffer piece() {
    byte[] all = waiting.toByteArray();
    int count = Math.min(all.length, PIECE);
    waiting.reset();
    waiting.write(all, count, all.length - count);
    return ByteBuffer.wrap(all, 0, count);
  }
}
