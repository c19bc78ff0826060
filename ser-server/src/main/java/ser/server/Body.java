package ser.server;

import java.nio.ByteBuffer;
import java.util.Arrays;
import ser.server.problem.Problem;
import ser.server.problem.ProblemException;

/** The body of a request in memory, which grows with what arrives, never with what is announced. */
final class Body implements AutoCloseable {
  private static final int FIRST = 1 << 14;

  private final MemoryBudget budget;
  private final long limit;
  private byte[] bytes = {};
  private int size;
  private boolean closed;

  /**
   * Begins a body.
   *
   * @param limit the most bytes, at most 2³⁰
   */
  Body(MemoryBudget budget, long limit) {
    this.budget = budget;
    this.limit = limit;
  }

  /**
   * Adds a piece.
   *
   * @throws ProblemException when the body is too large, or there is no memory for it
   */
  synchronized void add(ByteBuffer piece) {
    if (closed) {
      return; // the request has ended
    }
    int needed = Math.addExact(size, piece.remaining());
    requireSize(needed);
    if (needed > bytes.length) {
      int capacity = (int) Math.min(limit, Math.max(needed, Math.max(FIRST, 2L * bytes.length)));
      budget.take(capacity);
      int before = bytes.length;
      bytes = Arrays.copyOf(bytes, capacity);
      budget.give(before);
    }
    piece.get(bytes, size, piece.remaining());
    size = needed;
  }

  /**
   * Checks a size.
   *
   * @throws ProblemException when a body must not be so large
   */
  void requireSize(long wanted) {
    if (wanted > limit) {
      throw Problem.TOO_LARGE.exception(
          "The body has more than %d bytes; expected fewer, or the file in parts".formatted(limit));
    }
  }

  /** {@return the number of bytes} */
  int size() {
    return size;
  }

  /** Returns what has arrived, and gives up the room behind it. */
  synchronized byte[] bytes() {
    if (size < bytes.length) {
      int before = bytes.length;
      bytes = Arrays.copyOf(bytes, size);
      budget.give(before - size);
    }
    return bytes;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      budget.give(bytes.length);
      bytes = new byte[0];
    }
  }
}
