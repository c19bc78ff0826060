package ser.pipeline.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import ser.api.AudioException;
import ser.api.AudioInput;
import ser.api.BackendException;
import ser.api.FileResult;
import ser.api.Recognition;
import ser.api.SerException;

@Timeout(60)
class FileBatchesTests {
  /** Prepares a file as its name, and classifies it as that name. */
  private static class Names implements FileBatches.Steps<String> {
    @Override
    public String prepare(AudioInput file) {
      return file.name();
    }

    @Override
    public int size(String prepared) {
      return 1;
    }

    @Override
    public List<Recognition> classify(List<String> batch) {
      return batch.stream()
          .map(
              name ->
                  new Recognition(name, Map.of(), List.of(), 1, 1, List.of(), List.of(), List.of()))
          .toList();
    }
  }

  private static List<AudioInput> files(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> AudioInput.of(Path.of(Integer.toString(i))))
        .toList();
  }

  private static String told(FileResult outcome) {
    return outcome instanceof FileResult.Recognized recognized
        ? recognized.recognition().label()
        : String.valueOf(((FileResult.Failed) outcome).reason().getMessage());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void outcomesAreToldInTheOrderOfTheFilesOnTheCallingThread() {
    CountDownLatch othersHeard = new CountDownLatch(40);
    Names firstIsSlow =
        new Names() {
          @Override
          public String prepare(AudioInput file) {
            if (file.name().equals("0")) {
              await(othersHeard);
            }
            return super.prepare(file);
          }

          @Override
          public List<Recognition> classify(List<String> batch) {
            batch.forEach(name -> othersHeard.countDown());
            return super.classify(batch);
          }
        };
    Thread caller = Thread.currentThread();
    List<String> told = new ArrayList<>();

    new FileBatches<>(firstIsSlow, 4, 3)
        .run(
            files(50),
            outcome -> {
              assertThat(Thread.currentThread()).isSameAs(caller);
              told.add(told(outcome));
            });

    assertThat(told).isEqualTo(files(50).stream().map(file -> file.name()).toList());
  }

  @Test
  void anEngineFailureFailsTheFilesOfItsBatchAlone() {
    AtomicInteger failedFiles = new AtomicInteger();
    Names brittle =
        new Names() {
          @Override
          public List<Recognition> classify(List<String> batch) {
            if (batch.contains("5")) {
              failedFiles.set(batch.size());
              throw new BackendException("The engine has no memory");
            }
            return super.classify(batch);
          }
        };
    List<String> told = new ArrayList<>();

    new FileBatches<>(brittle, 4, 2).run(files(100), outcome -> told.add(told(outcome)));

    assertThat(told).hasSize(100);
    assertThat(told.get(5)).isEqualTo("5: The engine has no memory");
    assertThat(told)
        .filteredOn(reason -> reason.endsWith(": The engine has no memory"))
        .hasSize(failedFiles.get())
        .hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void aFileThatCannotBePreparedFailsAlone() {
    Names picky =
        new Names() {
          @Override
          public String prepare(AudioInput file) {
            if (file.name().equals("7")) {
              throw new AudioException("7: an empty file");
            }
            return super.prepare(file);
          }
        };
    List<FileResult> told = new ArrayList<>();

    new FileBatches<>(picky, 4, 2).run(files(20), told::add);

    assertThat(told)
        .filteredOn(FileResult.Failed.class::isInstance)
        .singleElement()
        .extracting(FileBatchesTests::told)
        .isEqualTo("7: an empty file");
  }

  @Test
  void filesThatAreHeldDoNotGrowWithTheirNumber() {
    int workers = 3;
    int fullBatch = 4;
    AtomicInteger held = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger prepared = new AtomicInteger();
    AtomicInteger farthest = new AtomicInteger();
    AtomicInteger told = new AtomicInteger();
    Names counted =
        new Names() {
          @Override
          public String prepare(AudioInput file) {
            most.accumulateAndGet(held.incrementAndGet(), Math::max);
            farthest.accumulateAndGet(prepared.incrementAndGet() - told.get(), Math::max);
            return super.prepare(file);
          }

          @Override
          public List<Recognition> classify(List<String> batch) {
            held.addAndGet(-batch.size());
            return super.classify(batch);
          }
        };

    new FileBatches<>(counted, fullBatch, workers)
        .run(files(100_000), outcome -> told.incrementAndGet());

    assertThat(told).hasValue(100_000);
    assertThat(most).hasValueLessThanOrEqualTo(workers * fullBatch);
    assertThat(farthest).hasValueLessThanOrEqualTo(FileBatches.CAPACITY);
  }

  @Test
  void aFileThatTakesLongHoldsUpTheOthersInTheEnd() {
    int share = 8;
    CountDownLatch othersTaken = new CountDownLatch(1);
    AtomicInteger prepared = new AtomicInteger();
    Names firstIsSlow =
        new Names() {
          @Override
          public String prepare(AudioInput file) {
            if (file.name().equals("0")) {
              await(othersTaken);
            } else if (prepared.incrementAndGet() == FileBatches.CAPACITY - share) {
              othersTaken.countDown(); // All that may be taken beside the first share.
            }
            return super.prepare(file);
          }
        };
    AtomicInteger told = new AtomicInteger();

    new FileBatches<>(firstIsSlow, share, 2)
        .run(files(3 * FileBatches.CAPACITY), outcome -> told.incrementAndGet());

    assertThat(told).hasValue(3 * FileBatches.CAPACITY);
  }

  @Test
  void batchesAreTheSameWhicheverWorkerIsFaster() {
    Set<List<String>> batches = ConcurrentHashMap.newKeySet();
    Names noted =
        new Names() {
          @Override
          public int size(String prepared) {
            return prepared.equals("5") ? 100 : 1; // a long file
          }

          @Override
          public List<Recognition> classify(List<String> batch) {
            batches.add(List.copyOf(batch));
            return super.classify(batch);
          }
        };

    new FileBatches<>(noted, 4, 2).run(files(11), outcome -> {});

    assertThat(batches)
        .containsExactlyInAnyOrder(
            List.of("0", "1", "2", "3"),
            List.of("4", "5"),
            List.of("6", "7"),
            List.of("8", "9", "10"));
  }

  @Test
  void fewFilesAreSharedAmongAllWorkers() {
    Set<List<String>> batches = ConcurrentHashMap.newKeySet();
    Names noted =
        new Names() {
          @Override
          public List<Recognition> classify(List<String> batch) {
            batches.add(List.copyOf(batch));
            return super.classify(batch);
          }
        };

    new FileBatches<>(noted, 32, 2).run(files(5), outcome -> {});

    assertThat(batches).containsExactlyInAnyOrder(List.of("0", "1", "2"), List.of("3", "4"));
  }

  @Test
  void workersHearAtTheSameTime() {
    CyclicBarrier meeting = new CyclicBarrier(2);
    Names meet =
        new Names() {
          @Override
          public List<Recognition> classify(List<String> batch) {
            try {
              meeting.await(30, TimeUnit.SECONDS);
            } catch (Exception e) {
              throw new SerException("The other worker did not come", e);
            }
            return super.classify(batch);
          }
        };
    List<FileResult> told = new ArrayList<>();

    new FileBatches<>(meet, 1, 2).run(files(2), told::add);

    assertThat(told).allMatch(FileResult.Recognized.class::isInstance);
  }

  @Test
  void whatTheListenerThrowsEndsTheRun() {
    AtomicInteger prepared = new AtomicInteger();
    Names counted =
        new Names() {
          @Override
          public String prepare(AudioInput file) {
            prepared.incrementAndGet();
            return super.prepare(file);
          }
        };

    assertThatThrownBy(
            () ->
                new FileBatches<>(counted, 2, 2)
                    .run(
                        files(100_000),
                        outcome -> {
                          throw new SerException("enough");
                        }))
        .hasMessage("enough");

    assertThat(prepared).hasValueLessThanOrEqualTo(FileBatches.CAPACITY);
  }

  @Test
  void aBugIsNotHiddenInARow() {
    Names broken =
        new Names() {
          @Override
          public List<Recognition> classify(List<String> batch) {
            throw new IllegalArgumentException("a bug");
          }
        };

    assertThatThrownBy(() -> new FileBatches<>(broken, 2, 2).run(files(9), outcome -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("a bug");
  }
}
