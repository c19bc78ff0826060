package ser.examples;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import ser.api.SerException;
import ser.api.recognition.RecognizerOptions;
import ser.api.spi.BackendProvider;
import ser.api.spi.Backends;
import ser.api.spi.Device;

/** The options of every command that computes. */
final class EngineOptions {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "What computes, see 'ser backends'; the one of the highest rank by default.")
  private @Nullable String backend;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description = "Where: auto, cpu or gpu:N (default: ${DEFAULT-VALUE}).")
  private String device = "auto";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the engine; all cores by default, shared among the jobs of a run.")
  private Optional<Integer> threads = Optional.empty();

  EngineOptions() {}

  /** Tells engines how many threads each of several jobs may use; they hear it when they load. */
  private void shareThreads(int jobs) {
    threads.ifPresent(
        asked -> {
          if (asked < 1) {
            throw new SerException("--threads: found %d, expected 1 or more".formatted(asked));
          }
          System.setProperty(Backends.THREADS, Integer.toString(asked));
        });
    if (jobs > 1 && System.getProperty(Backends.THREADS) == null) {
      int each = Math.max(1, Runtime.getRuntime().availableProcessors() / jobs);
      System.setProperty(Backends.THREADS, Integer.toString(each));
    }
  }

  Device device() {
    return Device.parse(device);
  }

  BackendProvider provider() {
    return provider(1);
  }

  BackendProvider provider(int jobs) {
    shareThreads(jobs);
    return backend == null ? Backends.best() : Backends.named(backend);
  }

  /** Without the attention: only the demo shows it. */
  RecognizerOptions recognizer() {
    return recognizer(1);
  }

  /** For hearing several batches at the same time. */
  RecognizerOptions recognizer(int jobs) {
    shareThreads(jobs);
    return new RecognizerOptions(Optional.ofNullable(backend), device(), false);
  }
}
