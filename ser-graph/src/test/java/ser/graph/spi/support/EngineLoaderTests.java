package ser.graph.spi.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import ser.api.BackendException;

@Timeout(60)
class EngineLoaderTests {
  private final EngineLoader<String> loader = new EngineLoader<>("made-up", "Engine");

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  @Test
  void anEngineIsLoadedOnce() {
    AtomicInteger loads = new AtomicInteger();

    assertThat(loader.load(() -> "engine " + loads.incrementAndGet())).isEqualTo("engine 1");
    assertThat(loader.load(() -> "engine " + loads.incrementAndGet())).isEqualTo("engine 1");
  }

  @Test
  void anInterruptIsReportedAsSuchAndLoadingContinues() {
    CountDownLatch interrupted = new CountDownLatch(1);
    AtomicInteger loads = new AtomicInteger();
    Thread.currentThread().interrupt();

    assertThatThrownBy(
            () ->
                loader.load(
                    () -> {
                      interrupted.await();
                      assertThat(Thread.currentThread().isInterrupted()).isFalse();
                      return "engine " + loads.incrementAndGet();
                    }))
        .isInstanceOf(BackendException.class)
        .hasMessage(
            "Interrupted while backend 'made-up' was loading Engine; loading continues for later calls");
    assertThat(Thread.interrupted()).isTrue();

    interrupted.countDown();
    assertThat(loader.load(() -> "another")).isEqualTo("engine 1");
  }

  /** As in a thread pool that is shut down: what is loaded needs no waiting. */
  @Test
  void aLoadedEngineServesInterruptedThreads() {
    loader.load(() -> "engine");
    Thread.currentThread().interrupt();

    assertThat(loader.load(() -> "another")).isEqualTo("engine");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void afterAFailureTheNextCallTriesAgain() {
    BackendException failure = new BackendException("no space");

    assertThatThrownBy(
            () ->
                loader.load(
                    () -> {
                      throw failure;
                    }))
        .isInstanceOf(BackendException.class)
        .hasMessage("no space")
        .hasCause(failure);

    assertThat(loader.load(() -> "engine")).isEqualTo("engine");
  }

  @Test
  void anotherExceptionIsABackendException() {
    assertThatThrownBy(
            () ->
                loader.load(
                    () -> {
                      throw new UnsatisfiedLinkError("no library");
                    }))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("Backend 'made-up' cannot load Engine")
        .hasMessageContaining("no library");
  }

  @Test
  void loadingSeesTheCallersClassLoader() {
    ClassLoader found = Thread.currentThread().getContextClassLoader();
    ClassLoader own = new ClassLoader(found) {};
    Thread.currentThread().setContextClassLoader(own);
    try {
      EngineLoader<ClassLoader> classes = new EngineLoader<>("made-up", "Engine");
      assertThat(classes.load(() -> Thread.currentThread().getContextClassLoader())).isSameAs(own);
    } finally {
      Thread.currentThread().setContextClassLoader(found);
    }
  }
}
