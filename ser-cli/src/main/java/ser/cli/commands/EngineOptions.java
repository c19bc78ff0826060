package ser.cli.commands;

import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import ser.api.Device;
import ser.api.RecognizerOptions;
import ser.graph.spi.BackendOptions;
import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;

/** The options of every command that computes. */
final class EngineOptions {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "The backend, see 'ser backends'; the one of the highest rank by default.")
  private @Nullable String backend;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description = "The device: auto, cpu or gpu:N (default: ${DEFAULT-VALUE}).")
  private String device = "auto";

  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = ThreadCount.class,
      description = "Threads of the engine; all cores by default, shared among the jobs of a run.")
  private Optional<Integer> threads = Optional.empty();

  EngineOptions() {}

  /** The threads of each of several jobs; empty for all cores. */
  private OptionalInt threads(int jobs) {
    if (threads.isPresent()) {
      return OptionalInt.of(threads.get());
    }
    return jobs > 1
        ? OptionalInt.of(Math.max(1, Runtime.getRuntime().availableProcessors() / jobs))
        : OptionalInt.empty();
  }

  private Device device() {
    return UsageException.requireValue("--device", () -> Device.parse(device));
  }

  BackendProvider provider() {
    return backend == null ? Backends.best() : Backends.named(backend);
  }

  BackendOptions backendOptions() {
    return backendOptions(1);
  }

  /** For several jobs at the same time. */
  BackendOptions backendOptions(int jobs) {
    BackendOptions options = BackendOptions.defaults().withDevice(device());
    OptionalInt each = threads(jobs);
    return each.isPresent() ? options.withThreads(each.getAsInt()) : options;
  }

  /** Without the attention: only the demo shows it. */
  RecognizerOptions recognizer() {
    return recognizer(1);
  }

  /** For classifying several batches at the same time. */
  RecognizerOptions recognizer(int jobs) {
    RecognizerOptions options =
        RecognizerOptions.defaults().withDevice(device()).withAttention(false);
    if (backend != null) {
      options = options.withBackend(backend);
    }
    OptionalInt each = threads(jobs);
    return each.isPresent() ? options.withThreads(each.getAsInt()) : options;
  }
}
