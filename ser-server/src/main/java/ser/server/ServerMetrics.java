package ser.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import ser.api.EmotionRecognizer;
import ser.server.problem.Problem;

/** The metrics of the server, in the text format of Prometheus. */
final class ServerMetrics {
  private static final Duration[] BUCKETS =
      Stream.of(5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 60_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counter audio =
      Counter.builder("ser.audio.seconds")
          .description("Seconds of audio that were classified")
          .register(registry);

  /** Begins to measure a recogniser and the process. */
  ServerMetrics(EmotionRecognizer recognizer) {
    FunctionCounter.builder("ser.batches", recognizer, r -> r.batchStatistics().batches())
        .description("Calls of the engine for clips")
        .register(registry);
    FunctionCounter.builder("ser.batches.clips", recognizer, r -> r.batchStatistics().clips())
        .description("Clips in these calls; their ratio is the mean batch size")
        .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
  }

  /** Adds a number that is looked up when it is asked for. */
  void addGauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).register(registry);
  }

  /**
   * Adds audio that was classified.
   *
   * @param seconds its duration
   */
  void addAudio(double seconds) {
    audio.increment(seconds);
  }

  /** Adds a request that was answered. */
  void addRequest(String route, int status, long nanoseconds) {
    Timer.builder("ser.requests")
        .description("Requests by route and status")
        .tag("route", route)
        .tag("status", Integer.toString(status))
        .serviceLevelObjectives(BUCKETS)
        .register(registry)
        .record(nanoseconds, TimeUnit.NANOSECONDS);
  }

  /**
   * Adds a problem.
   *
   * @param problem its kind
   */
  void addProblem(Problem problem) {
    Counter.builder("ser.problems")
        .description("Problems by kind")
        .tag("type", problem.code())
        .register(registry)
        .increment();
  }

  /** Returns all that was measured, in the text format of Prometheus. */
  String text() {
    return registry.scrape();
  }

  /** Ends the measuring. */
  void close() {
    registry.close();
  }
}
