package ser.pipeline.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import ser.api.BackendException;
import ser.api.BatchStatistics;
import ser.api.SerException;

@Timeout(60)
class DynamicBatchesTests {
  private final List<List<Integer>> batches = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  /** Squares, the first batch only once it is released; a negative item fails its batch. */
  private List<Integer> squares(List<Integer> items) {
    batches.add(List.copyOf(items));
    if (items.contains(0)) {
      started.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    if (items.stream().anyMatch(item -> item < 0)) {
      throw new SerException("no square of " + items);
    }
    return items.stream().map(item -> item * item).toList();
  }

  private DynamicBatches<Integer, Integer> batches(int fullBatch) {
    return new DynamicBatches<>(1, item -> 1, fullBatch, this::squares);
  }

  /** A call on a thread of its own, which has come to wait, or to compute item 0. */
  private static final class Waiting {
    private final FutureTask<Integer> task;
    private final Thread thread;

    Waiting(Callable<Integer> call) {
      this.task = new FutureTask<>(call);
      this.thread = new Thread(task);
      thread.setDaemon(true);
      thread.start();
      while (thread.getState() != Thread.State.WAITING && !task.isDone()) {
        Thread.onSpinWait();
      }
    }

    int result() throws InterruptedException, ExecutionException {
      return task.get();
    }
  }

  /** Item 0, which is being computed, and others that wait meanwhile. */
  private List<Waiting> waiting(DynamicBatches<Integer, Integer> dynamic, int... items)
      throws InterruptedException {
    List<Waiting> calls = new ArrayList<>();
    calls.add(new Waiting(() -> dynamic.compute(0)));
    started.await();
    for (int item : items) {
      calls.add(new Waiting(() -> dynamic.compute(item)));
    }
    return calls;
  }

  @Test
  void anItemAloneIsComputedAtOnce() {
    assertThat(batches(8).compute(3)).isEqualTo(9);
    assertThat(batches).containsExactly(List.of(3));
  }

  @Test
  void itemsThatComeDuringABatchAreTheNextOne() throws Exception {
    DynamicBatches<Integer, Integer> dynamic = batches(8);
    List<Waiting> calls = waiting(dynamic, 1, 2, 3, 4, 5);
    released.countDown();
    for (int item = 0; item <= 5; item++) {
      assertThat(calls.get(item).result()).isEqualTo(item * item);
    }
    assertThat(batches).containsExactly(List.of(0), List.of(1, 2, 3, 4, 5));
    assertThat(dynamic.statistics()).isEqualTo(new BatchStatistics(2, 6));
  }

  @Test
  void aBatchIsBounded() throws Exception {
    List<Waiting> calls = waiting(batches(2), 1, 2, 3, 4, 5);
    released.countDown();
    for (int item = 0; item <= 5; item++) {
      assertThat(calls.get(item).result()).isEqualTo(item * item);
    }
    assertThat(batches).containsExactly(List.of(0), List.of(1, 2), List.of(3, 4), List.of(5));
  }

  @Test
  void aBatchThatFailsFailsForEachOfItsItemsAndForNoOther() throws Exception {
    DynamicBatches<Integer, Integer> dynamic = batches(2);
    List<Waiting> calls = waiting(dynamic, 1, -2, 3);
    released.countDown();
    List<Throwable> failures = new ArrayList<>();
    for (Waiting call : calls.subList(1, 3)) {
      assertThatThrownBy(call::result)
          .cause()
          .isExactlyInstanceOf(BackendException.class)
          .hasMessage("no square of [1, -2]")
          .satisfies(failures::add);
    }
    assertThat(failures.get(0)).isNotSameAs(failures.get(1));
    assertThat(calls.get(0).result()).isEqualTo(0);
    assertThat(calls.get(3).result()).isEqualTo(9);
    assertThat(dynamic.compute(4)).isEqualTo(16);
  }

  @Test
  void anErrorIsPassedOnAndFreesItsPlace() {
    DynamicBatches<Integer, Integer> dynamic =
        new DynamicBatches<>(
            1,
            item -> 1,
            8,
            items -> {
              if (items.contains(1)) {
                throw new OutOfMemoryError("of the test");
              }
              return items;
            });
    assertThatThrownBy(() -> dynamic.compute(1))
        .isExactlyInstanceOf(OutOfMemoryError.class)
        .hasMessage("of the test");
    assertThat(dynamic.compute(2)).isEqualTo(2);
  }

  @Test
  void anInterruptedItemLeavesTheOthersAlone() throws Exception {
    List<Waiting> calls = waiting(batches(8), 1, 2);
    calls.get(1).thread.interrupt();
    assertThatThrownBy(() -> calls.get(1).result())
        .cause()
        .isExactlyInstanceOf(SerException.class)
        .hasMessage("The thread was interrupted during recognition");
    released.countDown();
    assertThat(calls.get(2).result()).isEqualTo(4);
    assertThat(batches).containsExactly(List.of(0), List.of(2));
  }
}
