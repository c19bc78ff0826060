package ser.pipeline.recognition;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import ser.api.BackendException;
import ser.api.BatchStatistics;
import ser.api.SerException;

/**
 * Dynamic batching: the items that threads bring while others are computed become one batch. A
 * thread that finds a call free computes at once all that waits, its own item included, so that no
 * item waits for others to come. Thread-safe.
 *
 * @param <I> an item
 * @param <R> its result
 */
final class DynamicBatches<I, R> {
  private final ToIntFunction<I> size;
  private final int fullBatch;
  private final Function<List<I>, List<R>> computation;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Call<I, R>> waiting = new ArrayDeque<>();
  private int free;
  private long batches;
  private long items;

  /** An item on its way. Its fields are guarded by the lock. */
  private static final class Call<I, R> {
    private final I item;
    private final Condition changed;
    private boolean taken;
    private boolean ended;
    private @Nullable R result;
    private @Nullable Throwable failure;

    Call(I item, Condition changed) {
      this.item = item;
      this.changed = changed;
    }
  }

  /**
   * Plans the batches.
   *
   * @param callsAtOnce the most batches that are computed at a time
   * @param size the part of a batch that an item fills
   * @param fullBatch the size from which on a batch takes no further item
   * @param computation returns a result for each item of a batch
   */
  DynamicBatches(
      int callsAtOnce,
      ToIntFunction<I> size,
      int fullBatch,
      Function<List<I>, List<R>> computation) {
    this.free = callsAtOnce;
    this.size = size;
    this.fullBatch = fullBatch;
    this.computation = computation;
  }

  /**
   * Computes an item, on this thread or on that of another item.
   *
   * @throws SerException when the engine fails, or the thread is interrupted while it waits; it
   *     stays interrupted
   */
  R compute(I item) {
    Call<I, R> call = new Call<>(item, lock.newCondition());
    lock.lock();
    try {
      waiting.addLast(call);
      while (!call.ended) {
        if (!call.taken && free > 0) {
          lead();
        } else {
          call.changed.await();
        }
      }
      return result(call);
    } catch (InterruptedException e) {
      waiting.remove(call);
      wakeNext(); // in case that this call was to lead
      Thread.currentThread().interrupt();
      throw new SerException("The thread was interrupted during recognition", e);
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many items were computed in how many batches, those in progress included. */
  BatchStatistics statistics() {
    lock.lock();
    try {
      return new BatchStatistics(batches, items);
    } finally {
      lock.unlock();
    }
  }

  /** Computes the batch of those that have waited longest, without the lock. */
  private void lead() {
    List<Call<I, R>> batch = new ArrayList<>();
    int filled = 0;
    for (Call<I, R> next = waiting.poll(); next != null; next = waiting.poll()) {
      next.taken = true;
      batch.add(next);
      filled += size.applyAsInt(next.item);
      if (filled >= fullBatch) {
        break;
      }
    }
    free--;
    batches++;
    items += batch.size();
    wakeNext();
    lock.unlock();
    @Nullable List<R> results = null;
    @Nullable Throwable failure = null;
    try {
      results = computation.apply(batch.stream().map(call -> call.item).toList());
    } catch (Throwable e) { // not to leave the other threads of the batch waiting
      failure = e;
    } finally {
      lock.lock();
    }
    free++;
    for (int i = 0; i < batch.size(); i++) {
      Call<I, R> call = batch.get(i);
      call.result = results == null ? null : results.get(i);
      call.failure = failure;
      call.ended = true;
      call.changed.signal();
    }
    wakeNext();
  }

  /** Wakes the first of those that wait, where it can lead. */
  private void wakeNext() {
    Call<I, R> next = waiting.peek();
    if (next != null && free > 0) {
      next.changed.signal();
    }
  }

  private static <R> R result(Call<?, R> call) {
    Throwable failure = call.failure;
    if (failure instanceof Error error) {
      throw error;
    }
    R result = call.result;
    if (result == null) {
      throw failure == null
          ? new BackendException("The engine gave no result")
          // The threads of a batch each throw an exception of their own.
          : new BackendException(String.valueOf(failure.getMessage()), failure);
    }
    return result;
  }
}
